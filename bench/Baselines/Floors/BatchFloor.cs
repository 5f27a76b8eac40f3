namespace OrderSaga.Bench;

/// <summary>d2: the same eleven steps, each for 50 orders with set-based statements in one transaction and one round trip.</summary>
static class BatchFloor
{
    const int BatchSize = 50;
    static readonly int[] Connections = [4, 8, 16];

    public static async Task<BaselineResult> Run(Trial trial, TimeProvider clock)
    {
        var settings = trial.Settings;
        await using var databases = new BenchDatabases(settings);
        await databases.Create(settings.Skus, pieces: 1_000_000_000);
        var orders = new TrialOrders(settings.Skus, settings.LinesPerOrder, clock);
        var workers = await Task.WhenAll(Enumerable.Range(0, Connections[^1]).Select(_ => BatchWorker.Open(databases, clock)));
        var placed = 0;
        trial.AddNote("batch", $"{BatchSize} orders");

        async Task<double[]> Batches(int count, int at)
        {
            var sizes = Enumerable.Repeat(BatchSize, count / BatchSize).Append(count % BatchSize).Where(size => size > 0).ToList();
            var times = await Workers.Run(sizes.Count, at, (worker, batch) =>
            {
                var last = Interlocked.Add(ref placed, sizes[batch]);
                return workers[worker].Settle([.. Enumerable.Range(last - sizes[batch] + 1, sizes[batch]).Select(number => orders[number])]);
            });
            // The time of an order is the time of its batch.
            return [.. times.SelectMany((time, batch) => Enumerable.Repeat(time, sizes[batch]))];
        }

        var tuned = new Tuned(trial, Connections, Batches);
        return await trial.Measure(tuned.Run, async () =>
        {
            foreach (var worker in workers)
                await worker.Close();
            return await Conservation.Holds(trial, databases, placed);
        }, tuned.Choose);
    }
}
