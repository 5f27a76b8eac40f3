namespace FaultRuns.Conditions;

/// <summary>
/// A server setting of one database. It applies to every session from the start until it is disposed: sessions with the old value are ended
/// at both moments.
/// </summary>
public sealed class DatabaseSetting : IAsyncDisposable
{
    readonly FaultRun run;
    readonly string database;
    readonly string setting;

    DatabaseSetting(FaultRun run, string database, string setting) => (this.run, this.database, this.setting) = (run, database, setting);

    /// <summary>As on a demoted node after a failover, or with a full disk at a cloud provider.</summary>
    public static Task<DatabaseSetting> ReadOnly(FaultRun run, string database) =>
        Set(run, database, "default_transaction_read_only", "on");

    public static Task<DatabaseSetting> StatementTimeout(FaultRun run, string database, TimeSpan timeout) =>
        Set(run, database, "statement_timeout", timeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture));

    static async Task<DatabaseSetting> Set(FaultRun run, string database, string setting, string value)
    {
        var own = new DatabaseSetting(run, run.DatabaseName(database), setting);
        await own.Alter($"SET {setting} = '{value}'");
        return own;
    }

    public async ValueTask DisposeAsync() => await Alter($"RESET {setting}");

    async Task Alter(string change)
    {
        await run.Servers.Postgres.Execute($"ALTER DATABASE {database} {change}");
        await run.Servers.Postgres.Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    }
}
