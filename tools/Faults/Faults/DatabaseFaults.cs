using FaultRuns.Conditions;

namespace FaultRuns.Faults;

/// <summary>Faults of the database server.</summary>
public sealed class DatabaseFault(string name, Func<FaultRun, Random, CancellationToken, Task> doIt) : IFault
{
    static readonly (string Database, string Table)[] Busiest =
    [
        ("orders", "orders"), ("orders", "outbox"), ("inventory", "stock"), ("inventory", "inbox"), ("payments", "payment_attempts"),
        ("sandbox", "gateway_operations"),
    ];

    /// <summary>A row of an order in progress.</summary>
    static readonly (string Database, string Row)[] Rows =
    [
        ("orders", "SELECT id FROM orders WHERE state NOT IN ('Completed', 'Cancelled') ORDER BY id DESC LIMIT 1"),
        ("inventory", "SELECT s.sku FROM stock s ORDER BY s.held DESC LIMIT 1"),
        ("inventory", "SELECT order_id FROM stock_branches WHERE state = 'Tried' ORDER BY order_id DESC LIMIT 1"),
        ("payments", "SELECT order_id FROM payment_branches WHERE state IN ('Trying', 'Pending', 'Tried') ORDER BY order_id DESC LIMIT 1"),
    ];

    static readonly TimeSpan StatementTimeout = TimeSpan.FromSeconds(1);

    public string Name => name;

    public IReadOnlyList<string> Breaks => [FaultRun.Database];

    public static IEnumerable<IFault> All { get; } =
    [
        new DatabaseFault("database-kill", (run, _, _) => Restart(run)),
        new DatabaseFault("database-cut", (run, _, _) => Cut(run)),
        new DatabaseFault("database-cut", (run, _, _) => Cut(run)),
        new DatabaseFault("database-slow", Lock),
        new DatabaseFault("database-slow", Lock),
        .. Databases.Select(database => new DatabaseFault(
            $"read-only:{database}", (run, chance, cancel) => ReadOnly(run, database, chance, cancel))),
        .. Databases.Select(database => new DatabaseFault(
            $"statement-timeout:{database}", (run, chance, cancel) => TimeOut(run, database, chance, cancel))),
        new DatabaseFault("locked-row", LockRow),
        new DatabaseFault("locked-row", LockRow),
    ];

    static IReadOnlyList<string> Databases => ["orders", "inventory", "payments", "sandbox", "reconciler"];

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

    /// <summary>Every session is ended, in the middle of its work.</summary>
    static Task<int> Cut(FaultRun run) => run.Servers.Postgres.Execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");

    /// <summary>A table that every process needs is locked for seconds, as by a careless statement.</summary>
    static async Task Lock(FaultRun run, Random chance, CancellationToken cancel)
    {
        var (database, table) = Busiest[chance.Next(Busiest.Length)];
        await using var held = await HeldLock.Tables(run, database, [table], cancel);
        await Delay.For(chance.Next(2, 9), cancel);
    }

    static async Task ReadOnly(FaultRun run, string database, Random chance, CancellationToken cancel)
    {
        await using var setting = await DatabaseSetting.ReadOnly(run, database);
        await Delay.For(chance.Next(5, 16), cancel);
    }

    /// <summary>Every statement that needs a table waits longer than its timeout.</summary>
    static async Task TimeOut(FaultRun run, string database, Random chance, CancellationToken cancel)
    {
        await using var setting = await DatabaseSetting.StatementTimeout(run, database, StatementTimeout);
        await using var held = await HeldLock.AllTables(run, database, cancel);
        await Delay.For(chance.Next(3, 9), cancel);
    }

    /// <summary>One row is locked for tens of seconds, as by a host that vanished during a transaction.</summary>
    static async Task LockRow(FaultRun run, Random chance, CancellationToken cancel)
    {
        var (database, row) = Rows[chance.Next(Rows.Length)];
        var (held, hasRow) = await HeldLock.Rows(run, database, row, cancel);
        await using var end = held;
        if (hasRow)
            await Delay.For(chance.Next(10, 31), cancel);
    }
}
