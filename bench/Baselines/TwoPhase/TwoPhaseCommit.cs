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
        trial.AddNote("no gateway", "a foreign gateway cannot prepare: no card is charged");
        var orders = new TrialOrders(skus, trial.Settings.LinesPerOrder, clock);
        var coordinators = await Task.WhenAll(Enumerable.Range(0, Coordinators[^1]).Select(_ => Coordinator.Open(databases)));
        var placed = 0;
        Task Order(int worker, int order) => coordinators[worker].Settle(orders[Interlocked.Increment(ref placed)]);

        var tuned = new Tuned(trial, Coordinators, (count, at) => Workers.Run(count, at, Order));
        try
        {
            return await trial.Measure(tuned.Run, () => Conservation.Holds(trial, databases, placed), tuned.Choose);
        }
        finally
        {
            foreach (var coordinator in coordinators)
                await coordinator.DisposeAsync();
            // A database with a prepared transaction cannot be dropped.
            await PreparedTransactions.Resolve(databases);
        }
    }
}
