using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>
/// Assurance: sees to it that an order that is overdue moves on. Any number of processes do it at once: each claims orders by lease, at the
/// version that it saw. The same version goes with the command, so that a late one does no harm: what moved since is left alone.
/// </summary>
sealed class DriveOverdueOrders(
    Reader<OrdersDb> orders, Leases<ReconcilerDb> leases, Inquiry inquiry, SagaQueue saga, AssuranceSettings settings, TimeProvider clock) : IPeriodicJob
{
    public async Task Run(CancellationToken cancel)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // A page each, so that orders that only wait for their customers take nobody's turn.
        var stuck = await Overdue(now, order => order.PaymentUrl == null, cancel);
        var waiting = await Overdue(now, order => order.PaymentUrl != null, cancel);
        var oldest = stuck.Take(1).Concat(waiting.Take(1)).Select(order => now - order.Since);
        AssuranceMetrics.Saw(oldest.DefaultIfEmpty(TimeSpan.Zero).Max());

        // A saga that is behind has these commands in its queue: its orders stay leased, and the page moves on only as they are handled.
        // So assurance goes at the system's own pace.
        foreach (var some in stuck.Chunk(Inquiry.MostOrders).Concat(waiting.Chunk(Inquiry.MostOrders)))
            await Drive(some, now, cancel);
        await leases.Forget();
    }

    /// <summary>What is due, and then what was last changed by a clock that was ahead: its own time would come too late.</summary>
    async Task<List<StuckOrder>> Overdue(DateTime now, Expression<Func<OrderState, bool>> which, CancellationToken cancel) =>
        (await orders.Query(async db =>
        {
            var due = await Due(db, now).Where(which).Take(settings.PageSize).ToListAsync(cancel);
            return due.Count == settings.PageSize ? due
                : [.. due, .. await Ahead(db, now).Where(which).Take(settings.PageSize - due.Count).ToListAsync(cancel)];
        })).ConvertAll(StuckOrder.Of);

    static IQueryable<OrderState> Due(OrdersDb db, DateTime now) => db.Orders
        .Where(order => order.NextCheckAt != null && order.NextCheckAt <= now).OrderBy(order => order.NextCheckAt);

    static IQueryable<OrderState> Ahead(OrdersDb db, DateTime now)
    {
        var ahead = now + OrderState.ClockTolerance;
        return db.Orders.Where(order => order.UpdatedAt > ahead && order.NextCheckAt != null && order.NextCheckAt > now).OrderBy(order => order.UpdatedAt);
    }

    async Task Drive(StuckOrder[] some, DateTime now, CancellationToken cancel)
    {
        var mine = new Queue<StuckOrder>(await Claim(some, now));
        if (mine.Count == 0)
            return;

        FailPoint.Hit("assurance.claimed");
        try
        {
            await Send(mine, cancel);
        }
        finally
        {
            // Those that the broker did not take wait for no lease.
            if (mine.Count > 0)
                await leases.Return([.. mine.Select(order => order.Id)]);
        }
    }

    /// <summary>Each for as long as it is overdue already: what nobody handles is sent ever more seldom.</summary>
    async Task<List<StuckOrder>> Claim(StuckOrder[] some, DateTime now)
    {
        var mine = new List<StuckOrder>();
        foreach (var alike in some.GroupBy(order => settings.LeaseFor(now - order.Since)))
        {
            var claimed = await leases.Claim([.. alike.Select(order => (order.Id, order.Version))], alike.Key);
            mine.AddRange(alike.Where(order => claimed.Contains(order.Id)));
        }

        return mine;
    }

    async Task Send(Queue<StuckOrder> mine, CancellationToken cancel)
    {
        var (stock, payment) = await inquiry.Ask(mine, all: false, cancel);
        while (mine.TryPeek(out var order))
        {
            await saga.Send(order, AssuranceRule.Decide(order, stock.Of(order.Id), payment.Of(order.Id)), cancel);
            mine.Dequeue();
            FailPoint.Hit("assurance.mid-page");
        }
    }
}
