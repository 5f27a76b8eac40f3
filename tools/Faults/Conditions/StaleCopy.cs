namespace FaultRuns.Conditions;

/// <summary>A copy of a database that does not change any more: a replica that has stopped replaying.</summary>
public sealed class StaleCopy : IAsyncDisposable
{
    readonly FaultRun run;
    readonly string name;

    StaleCopy(FaultRun run, string name, string connection) => (this.run, this.name, Connection) = (run, name, connection);

    public string Connection { get; }

    public static async Task<StaleCopy> Of(FaultRun run, string database)
    {
        var original = run.DatabaseName(database);
        var copy = $"{original}_stale_{Guid.CreateVersion7():N}";
        var reader = new NpgsqlConnectionStringBuilder(run.System.Connection(database)) { Database = copy };
        await run.Servers.Postgres.Execute($"CREATE DATABASE {copy}");
        await run.Servers.Postgres.Copy(original, copy);
        return new StaleCopy(run, copy, reader.ConnectionString);
    }

    public async ValueTask DisposeAsync() => await run.Servers.Postgres.Execute($"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
}
