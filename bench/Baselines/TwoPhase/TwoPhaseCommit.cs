namespace OrderSaga.Bench;

/// <summary>c: every order is one distributed transaction.</summary>
static class TwoPhaseCommit
{
    const int Participants = 3;
    static readonly int[] Coordinators = [8, 16, 32];

    public static async Task<BaselineResult> Run(Trial trial, int skus, TimeProvider clock)
    {
        await using var databases = new BenchDatabases(trial.Settings);
        await PreparedTransactions.Require(databases, Coordinators[^1] * Participants);
        await databases.Create(skus, pieces: 1_000_000_000);
        await databases.Orders.Run(TwoPhaseSql.Log);
        trial.Note("no gateway", "nobody else's gateway prepares: the card is not charged here");
        var orders = new TrialOrders(skus, trial.Settings.LinesPerOrder, clock);
        var coordinators = await Task.WhenAll(Enumerable.Range(0, Coordinators[^1]).Select(_ => Coordinator.Open(databases)));
        var placed = 0;
        Task Order(int worker, int order) => coordinators[worker].Settle(orders[Interlocked.Increment(ref placed)]);

        int? best = null;
        async Task<double[]> Settle(int count)
        {
            if (best is { } chosen)
                return await Workers.Run(count, chosen, Order);
            best = await Workers.Tune(trial, count, Coordinators, (part, at) => Workers.Run(part, at, Order));
            return [];
        }

        try
        {
            return await trial.Measure(Settle, () => Conservation.Holds(trial, databases, placed));
        }
        finally
        {
            foreach (var coordinator in coordinators)
                await coordinator.DisposeAsync();
            // A database that holds a prepared transaction cannot be dropped.
            await PreparedTransactions.Resolve(databases);
        }
    }
}
