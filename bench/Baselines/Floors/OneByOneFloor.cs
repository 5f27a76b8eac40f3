namespace OrderSaga.Bench;

/// <summary>
/// d1: an order's eleven steps with plain Npgsql, each one transaction in one round trip. Sends no messages: their cost is extra.
/// </summary>
static class OneByOneFloor
{
    static readonly int[] Connections = [8, 16, 32];

    public static async Task<BaselineResult> Run(Trial trial, TimeProvider clock)
    {
        var settings = trial.Settings;
        await using var databases = new BenchDatabases(settings);
        await databases.Create(settings.Skus, pieces: 1_000_000_000);
        var orders = new TrialOrders(settings.Skus, settings.LinesPerOrder, clock);
        var workers = await Task.WhenAll(Enumerable.Range(0, Connections[^1]).Select(_ => OneByOneWorker.Open(databases, clock)));
        var placed = 0;
        Task Order(int worker, int order) => workers[worker].Settle(orders[Interlocked.Increment(ref placed)]);

        var tuned = new Tuned(trial, Connections, (count, at) => Workers.Run(count, at, Order));
        return await trial.Measure(tuned.Run, async () =>
        {
            foreach (var worker in workers)
                await worker.Close();
            return await Conservation.Holds(trial, databases, placed);
        }, tuned.Choose);
    }
}
