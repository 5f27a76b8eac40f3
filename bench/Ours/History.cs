using Npgsql;

namespace OrderSaga.Bench;

/// <summary>
/// Creates a long history from a short one: copies every row of a few real, finished orders many times, each copy older and with new ids.
/// So it covers all tables and columns of the schema.
/// </summary>
static class History
{
    /// <summary>
    /// Age difference between two copies, also used in the statements: 65.536 s, the unit of a UUIDv7's first eight digits. It is longer
    /// than the real orders take, and a thousand copies are younger than the retention period.
    /// </summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(65_536);

    static readonly (string Database, string[] Tables)[] Copied =
    [
        ("orders", ["orders", "idempotency_keys", "audit", "inbox"]),
        ("inventory", ["stock_branches", "audit", "inbox"]),
        ("payments", ["payment_branches", "payment_attempts", "audit", "inbox"]),
    ];

    /// <summary>
    /// A UUIDv7 keeps its version and becomes older; any other id becomes a new one. A text that begins with a UUIDv7 counts as an id.
    /// </summary>
    const string Functions = """
        CREATE FUNCTION pg_temp.older(id uuid, k int) RETURNS uuid IMMUTABLE LANGUAGE sql AS $$
            SELECT CASE WHEN substr(id::text, 15, 1) = '7'
                THEN (lpad(to_hex(('x' || left(id::text, 8))::bit(32)::bigint - k), 8, '0') || substr(id::text, 9))::uuid
                ELSE md5(id::text || k)::uuid END $$;
        CREATE FUNCTION pg_temp.older(id text, k int) RETURNS text IMMUTABLE LANGUAGE sql AS $$
            SELECT CASE WHEN substr(id, 9, 1) = '-' AND substr(id, 15, 1) = '7'
                THEN lpad(to_hex(('x' || left(id, 8))::bit(32)::bigint - k), 8, '0') || substr(id, 9)
                ELSE md5(id || k) || md5(k || id) END $$;
        SET synchronous_commit = off;
        """;

    /// <summary>How each column is copied: ids and times older, identity columns omitted, all others unchanged.</summary>
    const string Columns = """
        SELECT quote_ident(c.column_name), CASE
            WHEN c.data_type LIKE 'timestamp%' THEN quote_ident(c.column_name) || ' - k * interval ''65.536 s'''
            WHEN c.data_type = 'uuid' OR (c.data_type LIKE 'character%' AND (c.column_name IN ('idempotency_key', 'subject_id') OR EXISTS (
                SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indnatts = 1 AND a.attname = c.column_name)))
                THEN 'pg_temp.older(' || quote_ident(c.column_name) || ', k)'
            ELSE quote_ident(c.column_name) END
        FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.table_name = $1 AND c.is_identity = 'NO' ORDER BY c.ordinal_position
        """;

    /// <summary>Copies all existing orders this many times.</summary>
    public static Task Make(Func<string, string> connection, int copies) =>
        Task.WhenAll(Copied.Select(of => Copy(connection(of.Database), of.Tables, copies)));

    static async Task Copy(string connection, string[] tables, int copies)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { CommandTimeout = 0 });
        await using var database = await source.OpenConnectionAsync();
        await Run(database, Functions);
        foreach (var table in tables)
        {
            var columns = await ColumnsOf(database, table);
            var only = columns.Exists(column => column.Name == "subject_id") ? " WHERE subject_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7'" : "";
            await Run(database, $"""
                INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))})
                SELECT {string.Join(", ", columns.Select(column => column.Copy))}
                FROM generate_series({copies}, 1, -1) k CROSS JOIN (SELECT * FROM {table}{only}) was
                """);
            await Run(database, $"VACUUM (ANALYZE) {table}");
        }
    }

    static async Task<List<(string Name, string Copy)>> ColumnsOf(NpgsqlConnection database, string table)
    {
        await using var command = new NpgsqlCommand(Columns, database) { Parameters = { new NpgsqlParameter { Value = table } } };
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new List<(string, string)>();
        while (await reader.ReadAsync())
            columns.Add((reader.GetString(0), reader.GetString(1)));
        return columns;
    }

    static async Task Run(NpgsqlConnection database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, database);
        await command.ExecuteNonQueryAsync();
    }
}
