using FaultRuns.Conditions;
using FaultRuns.Faults;

namespace FaultRuns.Experiments;

/// <summary>Each database in turn is reachable and refuses to work, while orders arrive.</summary>
static class DatabaseStates
{
    /// <summary>Begins a state of a database; disposing the result ends it.</summary>
    public delegate Task<IAsyncDisposable> State(FaultRun run, string database, CancellationToken cancel);

    static readonly TimeSpan NormalWithin = TimeSpan.FromSeconds(10);
    static readonly TimeSpan StatementTimeoutOf = TimeSpan.FromSeconds(1);

    static readonly (string Database, string[] Services)[] Owners =
    [
        ("orders", ["Orders.Api", "Orders.Sagas"]), ("inventory", ["Inventory.Worker"]), ("payments", ["Payments.Worker"]),
        ("sandbox", ["Payments.Sandbox"]), ("reconciler", ["Reconciler.Job"]),
    ];

    public static async Task<IAsyncDisposable> ReadOnly(FaultRun run, string database, CancellationToken cancel) =>
        await DatabaseSetting.ReadOnly(run, database);

    /// <summary>All tables are locked, and each statement may wait for one second.</summary>
    public static async Task<IAsyncDisposable> StatementTimeout(FaultRun run, string database, CancellationToken cancel)
    {
        var setting = await DatabaseSetting.StatementTimeout(run, database, StatementTimeoutOf);
        return new Both(await HeldLock.AllTables(run, database, cancel), setting);
    }

    public static async Task Try(Trial trial, State state)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        trial.Row("database", "202", "503", "500", "no answer", "dead letters", "ready says", "normal after s", "lost");
        foreach (var (database, services) in Owners)
            await Try(trial, sku, database, services, state);
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(2));
        foreach (var broken in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, broken);
    }

    static async Task Try(Trial trial, string sku, string database, string[] services, State state)
    {
        var before = await trial.DeadLetters();
        var load = trial.Load(sku);
        await Delay.For(2, trial.Cancel);
        string ready;
        await using (await state(trial.Run, database, trial.Cancel))
        {
            await Delay.For(trial.Options.Seconds, trial.Cancel);
            ready = string.Join('/', await Task.WhenAll(services.Select(Health)));
        }

        var healed = Stopwatch.StartNew();
        await Normal(trial, [.. load.Placed]);
        var normal = healed.Elapsed;
        var orders = await load.Stop();
        await trial.AllEnd(orders);
        var dead = await trial.DeadLetters() - before;
        var lost = (await trial.Open(orders)).Count;
        trial.Row(database, load.Count(202), load.Count(503), load.Count(500), load.Count(0), dead, ready, normal.TotalSeconds, lost);
        trial.Require(dead == 0, $"{database}: {dead} dead letters");
        trial.Require(load.Answers.Keys.All(status => status is 202 or 503 or 429), $"{database}: answers {string.Join(", ", load.Answers)}");
        trial.Require(load.WithoutRetryAfter == 0, $"{database}: {load.WithoutRetryAfter} answers of 503 without Retry-After");
        trial.Require(ready.Split('/').All(word => word == "unavailable"), $"{database}: ready says {ready}");
        trial.Require(normal <= NormalWithin && lost == 0, $"{database}: normal after {normal.TotalSeconds:0.0} s, {lost} orders lost");

        async Task<string> Health(string service) => await trial.Run.System.Of(service).Health() ?? "nothing";
    }

    /// <summary>Waits until all services are ready and all earlier orders are final.</summary>
    static Task Normal(Trial trial, IReadOnlyList<PlacedOrder> orders) => Eventually.Holds("all is normal", async () =>
        (await Task.WhenAll(Running.Six.Select(service => trial.Run.System.Of(service).Health()))).All(word => word == "ready")
        && (await trial.Open(orders)).Count == 0, TimeSpan.FromMinutes(2));

    sealed class Both(IAsyncDisposable first, IAsyncDisposable second) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await first.DisposeAsync();
            await second.DisposeAsync();
        }
    }
}
