using System.Globalization;
using Npgsql;

namespace Reconciler.Job.Tests;

/// <summary>Fills PostgreSQL tables with many finished rows, by SQL.</summary>
sealed class BigTables(string database, string connection) : IAsyncDisposable
{
    /// <summary>Begins each statement of the test itself.</summary>
    public const string Mark = "/* by the test */ ";

    /// <summary>Ascending ids, like those of the product.</summary>
    const string Id = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid";

    /// <summary>Five days ago.</summary>
    const string Then = "now() - interval '5 days' + n * interval '1 ms'";

    readonly NpgsqlDataSource source = NpgsqlDataSource.Create(connection + ";Command Timeout=3600");

    public string Database => database;

    /// <summary>Every other column that needs a value gets an empty one.</summary>
    public async Task Fill(string table, long rows, params (string Column, string Value)[] given)
    {
        var values = given.ToDictionary(
            pair => pair.Column, pair => pair.Value.Replace("ID", Id, StringComparison.Ordinal).Replace("THEN", Then, StringComparison.Ordinal));
        foreach (var (column, type) in await Columns(table))
            values.TryAdd(column, Empty(type));
        await Run($"INSERT INTO {table} ({string.Join(", ", values.Keys)}) SELECT {string.Join(", ", values.Values)} FROM generate_series(1, {rows}) n");
        await Run($"ANALYZE {table}");
    }

    /// <summary>The reads of each table since the statistics began: by sequential scans and by index entries.</summary>
    public Task<Dictionary<string, long>> Reads() => Query(
        """
        SELECT t.relname, t.seq_tup_read + (SELECT COALESCE(sum(i.idx_tup_read), 0)::bigint FROM pg_stat_user_indexes i WHERE i.relid = t.relid)
        FROM pg_stat_user_tables t
        """,
        row => (row.GetString(0), row.GetInt64(1)));

    /// <summary>The number of scans of each index.</summary>
    public Task<Dictionary<string, long>> Scans() =>
        Query("SELECT indexrelname, idx_scan FROM pg_stat_user_indexes", row => (row.GetString(0), row.GetInt64(1)));

    public async Task Run(string sql)
    {
        await using var command = source.CreateCommand(Mark + sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> Count(string sql)
    {
        await using var command = source.CreateCommand(Mark + sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    Task<Dictionary<string, string>> Columns(string table) => Query(
        $"""
        SELECT column_name::text, data_type::text FROM information_schema.columns
        WHERE table_name = '{table}' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
        """,
        row => (row.GetString(0), row.GetString(1)));

    async Task<Dictionary<string, T>> Query<T>(string sql, Func<NpgsqlDataReader, (string, T)> read)
    {
        await using var command = source.CreateCommand(Mark + sql);
        await using var rows = await command.ExecuteReaderAsync();
        var found = new Dictionary<string, T>();
        while (await rows.ReadAsync())
        {
            var (key, value) = read(rows);
            found[key] = value;
        }

        return found;
    }

    static string Empty(string type) => type switch
    {
        "uuid" => "'00000000-0000-0000-0000-000000000000'::uuid",
        "boolean" => "false",
        "bytea" => "repeat('x', 200)::bytea",
        "date" => "DATE '2026-01-01'",
        _ when type.StartsWith("timestamp", StringComparison.Ordinal) => Then,
        _ when type.StartsWith("character", StringComparison.Ordinal) || type == "text" => "''",
        _ => "0",
    };

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
