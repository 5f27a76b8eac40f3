using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform;
using OrderSaga.Platform.Database;
using Quartz;

namespace Reconciler.Job;

/// <summary>
/// Assurance: sees to it that an order that is overdue moves on. Any number of processes do it at once: each claims orders by lease, at the
/// version that it saw. The same version goes with the command, so that a late one does no harm: what moved since is left alone.
/// </summary>
[DisallowConcurrentExecution]
sealed class DriveOverdueOrders(
    Reader<OrdersDb> orders, Leases<ReconcilerDb> leases, Inquiry inquiry, SagaQueue saga, AssuranceSettings settings, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var overdue = await Overdue(now, cancellationToken);
        AssuranceMetrics.Saw(overdue.Count == 0 ? TimeSpan.Zero : now - overdue[0].NextCheckAt!.Value);

        // A saga that is behind has these commands in its queue: its orders stay leased, and the page moves on only as they are handled.
        // So assurance goes at the system's own pace.
        foreach (var some in overdue.Select(StuckOrder.Of).Chunk(Inquiry.MostOrders))
            await Drive(some, now, cancellationToken);
        await leases.Forget();
    }

    Task<List<OrderState>> Overdue(DateTime now, CancellationToken cancel) => orders.Query(db => db.Orders
        .Where(order => order.NextCheckAt != null && order.NextCheckAt <= now)
        .OrderBy(order => order.NextCheckAt)
        .Take(settings.PageSize)
        .ToListAsync(cancel));

    async Task Drive(StuckOrder[] some, DateTime now, CancellationToken cancel)
    {
        var claimed = await leases.Claim([.. some.Select(order => (order.Id, order.Version))], settings.Lease);
        var mine = some.Where(order => claimed.Contains(order.Id)).ToList();
        if (mine.Count == 0)
            return;

        FailPoint.Hit("assurance.claimed");
        var (stock, payment) = await inquiry.Ask(mine, all: false, cancel);
        foreach (var order in mine)
        {
            await saga.Send(order, AssuranceRule.Decide(order, stock.Of(order.Id), payment.Of(order.Id), now), cancel);
            FailPoint.Hit("assurance.mid-page");
        }
    }
}
