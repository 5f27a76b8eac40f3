using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.History;

namespace Orders.Api;

/// <summary>The merchant webhooks of the order, sent or pending: one item per event and endpoint.</summary>
static class TimelineDeliveries
{
    public static async Task<IEnumerable<HistoryItem>> Of(OrdersDb db, OrderState order, CancellationToken cancel)
    {
        var rows = await db.WebhookEndpoints.AsNoTracking().Where(endpoint => endpoint.Merchant == order.Merchant)
            .Join(db.WebhookDeliveries.Where(delivery => delivery.OrderId == order.CorrelationId), endpoint => endpoint.Id, delivery => delivery.EndpointId,
                (endpoint, delivery) => new { endpoint.Url, Delivery = delivery })
            .Take(AuditHistory.MaxItems).ToListAsync(cancel);
        return rows.Select(row => Item(row.Url, row.Delivery));
    }

    static HistoryItem Item(string url, WebhookDelivery delivery) => new(
        delivery.LastAttemptAt ?? delivery.CreatedAt, "delivery", "webhook to the merchant", null, delivery.State, delivery.Type,
        $"{url}, attempt {delivery.Attempts}{(delivery.LastError is { } error ? ": " + error : "")}");
}
