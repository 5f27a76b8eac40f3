using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>
/// Watches orders in review: each has an open case until it is final. Their participants are still queried, at intervals of twice the
/// review's age, so that a lost answer ends the review without an operator.
/// </summary>
sealed class LookAfterReviews(
    Reader<OrdersDb> orders, Leases<ReconcilerDb> leases, Inquiry inquiry, ReviewCases cases, SagaQueue saga, AssuranceSettings settings, TimeProvider clock)
    : IPeriodicJob
{
    public async Task Run(CancellationToken cancel)
    {
        await cases.Close(cancel);
        OrderState? last = null;
        while (await InReview(last, cancel) is { Count: > 0 } page)
        {
            await LookAt(page, cancel);
            last = page[^1];
        }
    }

    async Task LookAt(List<OrderState> inReview, CancellationToken cancel)
    {
        var stuck = inReview.ConvertAll(order => StuckOrder.Of(order) with { Since = order.UpdatedAt });
        var (stock, payment) = await inquiry.Ask(stuck, all: true, cancel);
        await cases.Open(inReview, stock, payment);
        foreach (var order in stuck)
            if (AssuranceRule.Answers(order, stock.Of(order.Id), payment.Of(order.Id)) is { Count: > 0 } answers && await Claim(order))
                await saga.Send(order, answers, cancel);
    }

    async Task<bool> Claim(StuckOrder order) =>
        (await leases.Claim([(order.Id, order.Version)], settings.LeaseFor(clock.GetUtcNow().UtcDateTime - order.Since))).Count > 0;

    Task<List<OrderState>> InReview(OrderState? after, CancellationToken cancel) => orders.Query(db =>
    {
        var rows = db.Orders.Where(order => order.State == States.NeedsReview);
        if (after is not null)
            rows = rows.Where(order => order.UpdatedAt >= after.UpdatedAt
                && (order.UpdatedAt > after.UpdatedAt || order.CorrelationId.CompareTo(after.CorrelationId) > 0));
        return rows.OrderBy(order => order.UpdatedAt).ThenBy(order => order.CorrelationId).Take(Inquiry.MostOrders).ToListAsync(cancel);
    });
}
