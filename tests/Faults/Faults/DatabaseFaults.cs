namespace FaultRuns.Faults;

/// <summary>What happens to the database server.</summary>
public sealed class DatabaseFault(string name, Func<FaultRun, Random, CancellationToken, Task> doIt) : IFault
{
    static readonly (string Database, string Table)[] Busiest =
    [
        ("orders", "orders"), ("orders", "outbox"), ("inventory", "stock"), ("inventory", "inbox"), ("payments", "payment_attempts"),
        ("sandbox", "gateway_operations"),
    ];

    public string Name => name;

    public IReadOnlyList<string> Breaks => [FaultRun.Database];

    public static IEnumerable<IFault> All { get; } =
    [
        new DatabaseFault("database-kill", (run, _, _) => Restart(run)),
        new DatabaseFault("database-cut", (run, _, _) => Cut(run)),
        new DatabaseFault("database-cut", (run, _, _) => Cut(run)),
        new DatabaseFault("database-slow", Lock),
        new DatabaseFault("database-slow", Lock),
    ];

    public async Task Inject(FaultRun run, Random chance, CancellationToken cancel)
    {
        await doIt(run, chance, cancel);
        run.Did(Name);
    }

    static async Task Restart(FaultRun run)
    {
        await run.Servers.Postgres.Kill();
        await run.Servers.Postgres.Start();
    }

    /// <summary>Every session is thrown out, in the middle of whatever it does.</summary>
    static Task<int> Cut(FaultRun run) => run.Servers.Postgres.Execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");

    /// <summary>A table that everybody needs is locked for seconds, as by somebody's careless statement.</summary>
    static async Task Lock(FaultRun run, Random chance, CancellationToken cancel)
    {
        var (database, table) = Busiest[chance.Next(Busiest.Length)];
        await using var connection = new NpgsqlConnection(run.System.Connection(database) + ";Pooling=false");
        await connection.OpenAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand($"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", connection, transaction);
        await command.ExecuteNonQueryAsync(cancel);
        await Pause.For(chance.Next(2, 9), cancel);
    }
}
