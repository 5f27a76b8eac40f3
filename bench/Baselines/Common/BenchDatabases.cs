using Npgsql;

namespace OrderSaga.Bench;

/// <summary>The three databases of a baseline that uses plain Npgsql.</summary>
sealed class BenchDatabases : IAsyncDisposable
{
    public NpgsqlDataSource Orders { get; }
    public NpgsqlDataSource Inventory { get; }
    public NpgsqlDataSource Payments { get; }

    /// <param name="settings">Have the connection strings.</param>
    /// <param name="options">Changes to the connection strings.</param>
    public BenchDatabases(BaselineSettings settings, Action<NpgsqlConnectionStringBuilder>? options = null)
    {
        Orders = Open(settings, "orders", options);
        Inventory = Open(settings, "inventory", options);
        Payments = Open(settings, "payments", options);
    }

    /// <summary>Statements are prepared on their second use and planned once, because all of them use keys.</summary>
    static NpgsqlDataSource Open(BaselineSettings settings, string database, Action<NpgsqlConnectionStringBuilder>? options)
    {
        var text = new NpgsqlConnectionStringBuilder(StringOf(settings, database))
        {
            SslMode = SslMode.Disable,
            MaxPoolSize = 100,
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            Options = "-c plan_cache_mode=force_generic_plan",
        };
        options?.Invoke(text);
        return NpgsqlDataSource.Create(text);
    }

    /// <summary>By the service's or the database's name.</summary>
    public static string StringOf(BaselineSettings settings, string database) =>
        settings.Databases.TryGetValue(database, out var text) || settings.Databases.TryGetValue("bench_" + database, out text)
            ? text
            : throw new ArgumentException($"There is no connection string for {database}.", nameof(settings));

    /// <summary>Creates the tables, with a number of pieces of each sku.</summary>
    public async Task Create(int skus, long pieces)
    {
        await Orders.Run(Tables.Messaging + Tables.Orders);
        await Inventory.Run(Tables.Messaging + Tables.Inventory);
        await Payments.Run(Tables.Messaging + Tables.Payments);
        await Inventory.Run(
            "INSERT INTO stock SELECT 'sku-' || lpad(n::text, 5, '0'), $2, $2, 0, 0 FROM generate_series(0, $1 - 1) n", skus, pieces);
        await Inventory.Run("VACUUM ANALYZE stock");
    }

    public async ValueTask DisposeAsync()
    {
        await Orders.DisposeAsync();
        await Inventory.DisposeAsync();
        await Payments.DisposeAsync();
    }
}

static class SqlExtensions
{
    public static async Task Run(this NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = Command(database, sql, values);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<long> Number(this NpgsqlDataSource database, string sql, params object[] values)
    {
        await using var command = Command(database, sql, values);
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    static NpgsqlCommand Command(NpgsqlDataSource database, string sql, object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
