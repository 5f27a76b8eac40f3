using System.Runtime.CompilerServices;

namespace Reconciler.Job;

/// <summary>One pass over the ledgers. The findings of a page and its checkpoint are one transaction.</summary>
sealed class Comparison(
    FourWayMerge merge, PrimaryLedgers primaries, SettlementTermsSource terms, LedgerSet ledgers, FindingQuota quota, ReconciliationSettings settings)
{
    /// <summary>A page ends early after this many findings.</summary>
    const int MaxFindingsPerPage = 500;

    public async Task Run(ReconciliationRun run, RunLease lease, CancellationToken cancel)
    {
        if (run is { Kind: RunKind.Full, OrdersExpected: 0 })
            await EstimateOrders(lease, cancel);
        var rules = await terms.Read(cancel);
        var (orders, last, findings) = (0, run.Checkpoint, new List<Finding>());
        await foreach (var snapshot in ReadSnapshots(run, cancel))
        {
            (orders, last) = (orders + 1, snapshot.OrderId);
            findings.AddRange(Rules.Check(snapshot, rules));
            if (orders < settings.PageSize && findings.Count < MaxFindingsPerPage)
                continue;
            await Store(lease, orders, last, findings);
            FailPoint.Hit("reconciliation.mid-merge");
            orders = 0;
            findings = [];
        }

        await Store(lease, orders, last, findings);
    }

    /// <summary>Estimates the number of orders, for the progress display only.</summary>
    async Task EstimateOrders(RunLease lease, CancellationToken cancel)
    {
        var count = await ledgers.Orders.Count(cancel);
        await lease.Run((_, run) => Task.FromResult(run.OrdersExpected = count));
    }

    IAsyncEnumerable<OrderSnapshot> ReadSnapshots(ReconciliationRun run, CancellationToken cancel)
    {
        var window = new MergeWindow(run.Until, run.Since);
        return run.OrderId is { } order ? ReadOne(order, run.Checkpoint, window, cancel) : merge.Read(window, run.Checkpoint, cancel);
    }

    /// <summary>Reads the single order of the run; nothing if the checkpoint shows that it was compared before a takeover.</summary>
    async IAsyncEnumerable<OrderSnapshot> ReadOne(Guid order, Guid? checkpoint, MergeWindow window, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (order != checkpoint && await primaries.Merge.ReadOne(order, cancel) is var snapshot && window.Has(snapshot))
            yield return snapshot;
    }

    Task Store(RunLease lease, int orders, Guid? last, List<Finding> findings) => lease.Run(async (work, run) =>
    {
        await quota.Store(work, run, findings);
        run.Orders += orders;
        run.Checkpoint = last;
    });
}
