using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;
using Quartz;

namespace Reconciler.Job;

/// <summary>
/// Orders that assurance gave up: each has an open case until it has gone on. Their participants are still asked, so that an answer that was
/// lost ends the review without a person.
/// </summary>
[DisallowConcurrentExecution]
sealed class LookAfterReviews(
    Reader<OrdersDb> orders, Leases<ReconcilerDb> leases, Inquiry inquiry, ReviewCases cases, SagaQueue saga, AssuranceSettings settings, TimeProvider clock)
    : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        await cases.Close(cancellationToken);
        OrderState? last = null;
        while (await InReview(last, cancellationToken) is { Count: > 0 } page)
        {
            var claimed = await leases.Claim([.. page.Select(order => (order.CorrelationId, order.Version))], settings.Lease);
            if (claimed.Count > 0)
                await LookAt(page.FindAll(order => claimed.Contains(order.CorrelationId)), cancellationToken);
            last = page[^1];
        }
    }

    async Task LookAt(List<OrderState> mine, CancellationToken cancel)
    {
        var stuck = mine.ConvertAll(StuckOrder.Of);
        var (stock, payment) = await inquiry.Ask(stuck, all: true, cancel);
        await cases.Open(mine, stock, payment);
        foreach (var order in stuck)
            await saga.Send(order, AssuranceRule.Answers(order, stock.Of(order.Id), payment.Of(order.Id), clock.GetUtcNow().UtcDateTime), cancel);
    }

    Task<List<OrderState>> InReview(OrderState? after, CancellationToken cancel) => orders.Query(db =>
    {
        var rows = db.Orders.Where(order => order.State == States.NeedsReview);
        if (after is not null)
            rows = rows.Where(order => order.UpdatedAt >= after.UpdatedAt
                && (order.UpdatedAt > after.UpdatedAt || order.CorrelationId.CompareTo(after.CorrelationId) > 0));
        return rows.OrderBy(order => order.UpdatedAt).ThenBy(order => order.CorrelationId).Take(Inquiry.MostOrders).ToListAsync(cancel);
    });
}
