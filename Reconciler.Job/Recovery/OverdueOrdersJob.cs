using System.Diagnostics;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace Reconciler.Job;

/// <summary>
/// Resumes overdue orders. Any number of processes can run it: each claims orders by lease, at the version it has read. CheckOrder carries
/// that version, so a late one is ignored if the order has changed since.
/// </summary>
sealed class OverdueOrdersJob(
    ReadOnlyContext<OrdersDb> orders, Leases<ReconcilerDb> leases, ParticipantQueries queries, RecoverySender saga, RecoverySettings settings,
        LaneSettings lanes, TimeProvider clock) : IPeriodicJob
{
    /// <summary>Timestamp of the first run in this process; 0 before it.</summary>
    static long firstRun;

    public async Task Run(CancellationToken cancel)
    {
        Interlocked.CompareExchange(ref firstRun, Stopwatch.GetTimestamp(), 0);
        var now = clock.GetUtcNow().UtcDateTime;
        // Separate pages, so that orders that wait for their customers do not delay the others.
        var stuck = await Overdue(now, order => order.PaymentUrl == null, cancel);
        var waiting = await Overdue(now, order => order.PaymentUrl != null, cancel);
        var oldest = stuck.Take(1).Concat(waiting.Take(1)).Select(order => now - order.Since);
        RecoveryMetrics.RecordOldest(oldest.DefaultIfEmpty(TimeSpan.Zero).Max());

        // If the saga lags behind, these commands are in its queue and their orders stay leased. The page advances only as they are
        // handled, so recovery adapts to the system's pace.
        foreach (var some in stuck.Chunk(ParticipantQueries.MaxOrders).Concat(waiting.Chunk(ParticipantQueries.MaxOrders)))
            await ResumeOrders(some, now, cancel);
        await leases.DeleteExpired();
    }

    /// <summary>Due orders, then those last changed by a clock that was ahead, whose own due time would come too late.</summary>
    async Task<List<StalledOrder>> Overdue(DateTime now, Expression<Func<OrderState, bool>> filter, CancellationToken cancel) =>
        (await orders.Query(async db =>
        {
            var due = await Due(db, now).Where(filter).Take(settings.PageSize).ToListAsync(cancel);
            return due.Count == settings.PageSize ? due
                : [.. due, .. await ScheduledTooFarAhead(db, now).Where(filter).Take(settings.PageSize - due.Count).ToListAsync(cancel)];
        })).ConvertAll(StalledOrder.Of);

    static IQueryable<OrderState> Due(OrdersDb db, DateTime now) => db.Orders
        .Where(order => order.NextRetryAt != null && order.NextRetryAt <= now).OrderBy(order => order.NextRetryAt);

    static IQueryable<OrderState> ScheduledTooFarAhead(OrdersDb db, DateTime now)
    {
        var ahead = now + OrderState.ClockTolerance;
        return db.Orders.Where(order => order.UpdatedAt > ahead && order.NextRetryAt != null && order.NextRetryAt > now).OrderBy(order => order.UpdatedAt);
    }

    async Task ResumeOrders(StalledOrder[] some, DateTime now, CancellationToken cancel)
    {
        var mine = new Queue<StalledOrder>(await Claim(some, now));
        if (mine.Count == 0)
            return;

        FailPoint.Hit("recovery.claimed");
        try
        {
            await Send(mine, now, cancel);
        }
        finally
        {
            // Commands that the broker did not accept are retried without waiting for the lease.
            if (mine.Count > 0)
                await leases.Release([.. mine.Select(order => order.Id)]);
        }
    }

    /// <summary>Leases each order for as long as it is already overdue, so that repeats come at growing intervals.</summary>
    async Task<List<StalledOrder>> Claim(StalledOrder[] some, DateTime now)
    {
        var mine = new List<StalledOrder>();
        foreach (var alike in some.GroupBy(order => settings.LeaseFor(now - order.Since)))
        {
            var claimed = await leases.Claim([.. alike.Select(order => (order.Id, order.Version))], alike.Key);
            mine.AddRange(alike.Where(order => claimed.Contains(order.Id)));
        }

        return mine;
    }

    async Task Send(Queue<StalledOrder> mine, DateTime now, CancellationToken cancel)
    {
        var (stock, payment) = await queries.Query(mine, all: false, cancel);
        while (mine.TryPeek(out var order))
        {
            await saga.Send(order, RecoveryRule.MustTakeOver(order, lanes, Stopwatch.GetElapsedTime(firstRun), now)
                ? [new CheckOrder(order.Id, order.Version, TakeOver: true)]
                : RecoveryRule.Decide(order, stock.Of(order.Id), payment.Of(order.Id)), cancel);
            mine.Dequeue();
            FailPoint.Hit("recovery.mid-page");
        }
    }
}
