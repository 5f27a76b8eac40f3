using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace Reconciler.Job;

/// <summary>
/// Watches orders in review: each has an open case until it is final. Each poll queries their participants, so that a lost answer ends the
/// review without an operator. The job sends a found answer again only at intervals that grow with the review's age.
/// </summary>
sealed class ReviewMonitorJob(
    ReadOnlyContext<OrdersDb> orders, Leases<ReconcilerDb> leases, ParticipantQueries queries, ReviewCases cases, RecoverySender saga,
        RecoverySettings settings, TimeProvider clock)
    : IPeriodicJob
{
    public async Task Run(CancellationToken cancel)
    {
        await cases.Close(cancel);
        OrderState? last = null;
        while (await InReview(last, cancel) is { Count: > 0 } page)
        {
            await OpenCasesAndSendAnswers(page, cancel);
            last = page[^1];
        }
    }

    async Task OpenCasesAndSendAnswers(List<OrderState> inReview, CancellationToken cancel)
    {
        var stuck = inReview.ConvertAll(order => StalledOrder.Of(order) with { Since = order.UpdatedAt });
        var (stock, payment) = await queries.Query(stuck, all: true, cancel);
        await cases.Open(inReview, stock, payment);
        foreach (var order in stuck)
            if (RecoveryRule.Answers(order, stock.Of(order.Id), payment.Of(order.Id)) is { Count: > 0 } answers && await Claim(order))
                await saga.Send(order, answers, cancel);
    }

    async Task<bool> Claim(StalledOrder order) =>
        (await leases.Claim([(order.Id, order.Version)], settings.LeaseFor(clock.GetUtcNow().UtcDateTime - order.Since))).Count > 0;

    Task<List<OrderState>> InReview(OrderState? after, CancellationToken cancel) => orders.Query(db =>
    {
        var rows = db.Orders.Where(order => order.State == OrderStates.NeedsReview);
        if (after is not null)
            rows = rows.Where(order => order.UpdatedAt >= after.UpdatedAt
                && (order.UpdatedAt > after.UpdatedAt || order.CorrelationId.CompareTo(after.CorrelationId) > 0));
        return rows.OrderBy(order => order.UpdatedAt).ThenBy(order => order.CorrelationId).Take(ParticipantQueries.MaxOrders).ToListAsync(cancel);
    });
}
