using System.Diagnostics;
using Npgsql;

namespace Reconciler.Scale;

/// <summary>The baseline: the same tables in one database, compared by the database itself.</summary>
static class Joined
{
    static readonly (string Database, string Table, string Columns, string Keys)[] Tables =
    [
        ("orders", "orders",
            "id uuid, merchant text, state text, version bigint, currency text, total bigint, lines text, payment_tried boolean, created_at timestamptz, "
            + "updated_at timestamptz", "PRIMARY KEY (id)"),
        ("inventory", "stock_branches", "order_id uuid, state text, lines text, updated_at timestamptz", "PRIMARY KEY (order_id)"),
        ("payments", "payment_branches",
            "order_id uuid, state text, amount bigint, currency text, authorization_id text, capture_id text, updated_at timestamptz",
            "PRIMARY KEY (order_id)"),
        ("payments", "payment_attempts",
            "order_id uuid, operation text, state text, gateway_id text, created_at timestamptz, updated_at timestamptz", "PRIMARY KEY (order_id, operation)"),
        ("reconciler", "settlement_rows",
            "order_id uuid, id text, operation text, authorization_id text, reference text, amount bigint, fee bigint, currency text, at timestamptz, day date",
            "PRIMARY KEY (id)"),
    ];

    /// <summary>Compares states, amounts and currencies.</summary>
    public const string Bare = """
        SELECT count(*) FROM orders o
        FULL JOIN stock_branches s ON s.order_id = o.id
        FULL JOIN (SELECT b.*, a.operation, a.state AS attempt FROM payment_branches b LEFT JOIN payment_attempts a ON a.order_id = b.order_id) p
            ON p.order_id = COALESCE(o.id, s.order_id)
        FULL JOIN settlement_rows r ON r.order_id = COALESCE(o.id, s.order_id, p.order_id)
        WHERE o.id IS NULL OR s.order_id IS NULL
            OR (o.state = 'Completed' AND (s.state <> 'Confirmed' OR p.state IS DISTINCT FROM 'Confirmed'))
            OR (o.state = 'Cancelled' AND (s.state NOT IN ('Cancelled', 'Refused') OR p.state NOT IN ('Cancelled', 'Refused')))
            OR p.amount <> o.total OR p.currency <> o.currency OR r.currency <> p.currency OR abs(r.amount) <> p.amount
            OR (p.operation = 'capture' AND p.attempt = 'Succeeded' AND r.order_id IS NULL)
        """;

    /// <summary>Compares lines as well, as the rules do.</summary>
    public const string WithLines = Bare + """

            OR s.lines <> regexp_replace(o.lines, ',"unitPrice":[0-9]+', '', 'g')
        """;

    public static string Server(string server) => $"{server};Database=postgres;SSL Mode=Disable;Pooling=false";

    public static async Task Copy(string server, string name, Func<string, string> connection)
    {
        await Trial.Execute(Server(server), $"CREATE DATABASE {name}");
        foreach (var (database, table, columns, keys) in Tables)
        {
            await Trial.Execute(connection("joined"), $"CREATE TABLE {table} ({columns})");
            var names = string.Join(", ", columns.Split(", ").Select(column => column.Split(' ')[0]));
            await using var from = new NpgsqlConnection(connection(database));
            await using var to = new NpgsqlConnection(connection("joined"));
            await from.OpenAsync();
            await to.OpenAsync();
            await using (var read = await from.BeginRawBinaryCopyAsync($"COPY {table} ({names}) TO STDOUT (FORMAT BINARY)"))
            await using (var write = await to.BeginRawBinaryCopyAsync($"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)"))
                await read.CopyToAsync(write);
            await Trial.Execute(connection("joined"), $"ALTER TABLE {table} ADD {keys}");
        }

        await Trial.Execute(connection("joined"), "CREATE INDEX ON settlement_rows (order_id)");
        await Trial.Execute(connection("joined"), "VACUUM (ANALYZE)");
    }

    /// <summary>Seconds.</summary>
    public static async Task<double> Time(string connection, string join)
    {
        var watch = Stopwatch.StartNew();
        await Trial.Execute(connection, join);
        return watch.Elapsed.TotalSeconds;
    }
}
