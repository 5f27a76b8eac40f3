using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace OrderSaga.Bench;

/// <summary>
/// Effect of killing a 2PC coordinator between the phases: a separate process prepares 100 orders, decides half of them and is killed.
/// Shows what stays locked and how long another order for the same skus waits.
/// </summary>
static class KilledCoordinator
{
    const int Orders = 100;
    const int Decided = Orders / 2;
    const int Participants = 3;
    const int LinesPerOrder = 2;
    static readonly TimeSpan Absence = TimeSpan.FromSeconds(5);

    public static async Task<BaselineResult> Run(Trial trial, TimeProvider clock)
    {
        await using var databases = new BenchDatabases(trial.Settings, options => options.CommandTimeout = 0);
        await PreparedTransactions.Require(databases, (Orders + 1) * Participants);
        await databases.Create(skus: Orders * LinesPerOrder, pieces: 1000);
        await databases.Orders.Run(TwoPhaseSql.Log);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(trial.Settings));
        try
        {
            return await Watch(trial, databases, file, clock);
        }
        finally
        {
            // A database with a prepared transaction cannot be dropped.
            await PreparedTransactions.Resolve(databases);
            File.Delete(file);
        }
    }

    static async Task<BaselineResult> Watch(Trial trial, BenchDatabases databases, string settingsFile, TimeProvider clock)
    {
        var warmUp = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        await trial.Phase("warm");
        await Kill(settingsFile);
        var killed = Stopwatch.GetTimestamp();
        var left = await Prepared(databases);
        trial.AddNote("prepared transactions left", $"{left.Count} in three databases for {Orders} orders, {Decided} of them decided");
        await DescribeLocks(trial, databases);

        await using var other = await Coordinator.Open(databases);
        var order = Order(0, clock);
        var requested = Stopwatch.GetTimestamp();
        var waiting = other.Settle(order);
        await Task.Delay(Absence - Stopwatch.GetElapsedTime(killed), clock, CancellationToken.None);
        trial.AddNote("while the coordinator is down", waiting.IsCompleted ? "another order of the same sku succeeded" : "another order of the same sku waits");

        var (committed, rolledBack) = await PreparedTransactions.Resolve(databases, left);
        var unlocked = Stopwatch.GetElapsedTime(killed);
        await waiting;
        var waited = Stopwatch.GetElapsedTime(requested);
        await trial.Phase("done");
        trial.AddNote("locked for", $"{unlocked.TotalSeconds:F1} s: until the coordinator was back (after {Absence.TotalSeconds} s) and had committed "
            + $"{committed} and rolled back {rolledBack} prepared transactions; without it, permanently");
        trial.AddNote("another order waited", $"{waited.TotalSeconds:F1} s");
        var held = await Conservation.Holds(trial, databases, Decided + 1) && (await Prepared(databases)).Count == 0;
        return trial.Result(Decided + 1, unlocked.TotalSeconds, warmUp, waited.TotalMilliseconds, held);
    }

    /// <summary>Kills the coordinator's process after all orders are prepared and half of them decided.</summary>
    static async Task Kill(string settingsFile)
    {
        using var coordinator = new BaselineChild(Baselines.DoomedCoordinator, settingsFile);
        var standing = new TaskCompletionSource();
        var end = coordinator.Run(async _ =>
        {
            standing.SetResult();
            await new TaskCompletionSource().Task;
        });
        await await Task.WhenAny(standing.Task, end);
        using var process = Process.GetProcessById(coordinator.Id);
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Body of the killed process: it stops between the phases and waits.</summary>
    public static async Task<BaselineResult> Prepare(Trial trial, TimeProvider clock)
    {
        await using var databases = new BenchDatabases(trial.Settings);
        await Workers.Run(Orders, 10, async (_, number) =>
        {
            await using var coordinator = await Coordinator.Open(databases);
            var order = Order(number, clock);
            await coordinator.Prepare(order);
            if (number < Decided)
                await coordinator.Decide(order);
        });
        await trial.Phase("prepared");
        throw new InvalidOperationException("The coordinator was continued instead of killed.");
    }

    static TrialOrder Order(int number, TimeProvider clock)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        return new TrialOrder(id, $"bench-{id:N}", [TrialOrder.Sku(number * LinesPerOrder), TrialOrder.Sku(number * LinesPerOrder + 1)]);
    }

    static async Task DescribeLocks(Trial trial, BenchDatabases databases)
    {
        var free = await databases.Inventory.Number("SELECT count(*) FROM (SELECT 1 FROM stock FOR UPDATE SKIP LOCKED) free");
        var all = await databases.Inventory.Number("SELECT count(*) FROM stock");
        trial.AddNote("stock rows locked", $"{all - free} of {all}");
        trial.AddNote("another order, willing to wait 1 s", await CountTimeouts(databases));
    }

    static async Task<string> CountTimeouts(BenchDatabases databases)
    {
        try
        {
            await databases.Inventory.Run($"SET lock_timeout = '1s'; UPDATE stock SET sold = sold WHERE sku = '{TrialOrder.Sku(0)}'; RESET lock_timeout");
            return "went through";
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return $"refused: {refused.MessageText}";
        }
    }

    static async Task<HashSet<string>> Prepared(BenchDatabases databases) =>
    [
        .. await PreparedTransactions.In(databases.Orders),
        .. await PreparedTransactions.In(databases.Inventory),
        .. await PreparedTransactions.In(databases.Payments),
    ];
}
