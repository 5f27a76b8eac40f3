namespace FaultRuns.Conditions;

/// <summary>A lock held by a forgotten session, on rows or on whole tables. Disposing it ends the session.</summary>
public sealed class HeldLock : IAsyncDisposable
{
    readonly NpgsqlConnection connection;

    HeldLock(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Readers and writers wait.</summary>
    public static async Task<HeldLock> Tables(FaultRun run, string database, IEnumerable<string> tables, CancellationToken cancel)
    {
        var (held, _) = await Acquire(run, database, $"LOCK TABLE {string.Join(", ", tables)} IN ACCESS EXCLUSIVE MODE", cancel);
        return held;
    }

    /// <summary>Every table of a database.</summary>
    public static async Task<HeldLock> AllTables(FaultRun run, string database, CancellationToken cancel)
    {
        List<string> tables = [];
        await using var source = NpgsqlDataSource.Create(run.System.Connection(database) + ";Pooling=false");
        await using var command = source.CreateCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
        await using (var rows = await command.ExecuteReaderAsync(cancel))
            while (await rows.ReadAsync(cancel))
                tables.Add($"\"{rows.GetString(0)}\"");
        return await Tables(run, database, tables, cancel);
    }

    /// <summary>Writers of these rows wait.</summary>
    /// <param name="query">A SELECT without its FOR UPDATE.</param>
    /// <returns>The lock, and whether there was a row to lock.</returns>
    public static Task<(HeldLock Lock, bool HasRow)> Rows(FaultRun run, string database, string query, CancellationToken cancel) =>
        Acquire(run, database, query + " FOR UPDATE", cancel);

    /// <summary>The server must not end this session, whatever the settings of others.</summary>
    static async Task<(HeldLock Lock, bool HasRow)> Acquire(FaultRun run, string database, string statement, CancellationToken cancel)
    {
        const string NoTimeouts = "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0";
        var session = new NpgsqlConnection($"{run.System.Connection(database)};Pooling=false;Options={NoTimeouts};Command Timeout=60");
        try
        {
            await session.OpenAsync(cancel);
            await using var command = new NpgsqlCommand($"BEGIN; {statement}", session);
            return (new HeldLock(session), await command.ExecuteScalarAsync(cancel) is not null);
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
