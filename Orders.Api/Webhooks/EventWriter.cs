using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace Orders.Api.Webhooks;

/// <summary>
/// Adds a delivery per audit row and endpoint, once even if rows are read again: pending, or missed if the endpoint is disabled or has too many.
/// </summary>
sealed class EventWriter(OrdersDb db, IReadOnlyList<WebhookEndpoint> endpoints, PendingDeliveries pending, TimeProvider clock)
{
    public async Task Write(IReadOnlyList<AuditRow> rows)
    {
        var events = rows.Where(row => OrderEvent.TypeOf(row) is not null).ToDictionary(row => row.Id);
        if (events.Count == 0)
            return;
        var orders = await Orders(events.Values);
        var owed = events.Values.OrderBy(row => row.Id).Where(row => orders.ContainsKey(row.SubjectId)).ToList();
        var known = await Known(owed);
        await pending.Refresh(db, owed.Count);
        var now = clock.GetUtcNow();
        foreach (var row in owed)
        {
            var order = orders[row.SubjectId];
            foreach (var endpoint in endpoints.Where(one => one.Merchant == order.Merchant && one.FromEvent < row.Id && !known.Contains((one.Id, row.Id))))
                db.Add(Delivery(row, order, endpoint, now));
        }
    }

    /// <summary>The orders of merchants that have an endpoint.</summary>
    async Task<Dictionary<string, OrderState>> Orders(IEnumerable<AuditRow> events)
    {
        var ids = events.Select(row => Guid.Parse(row.SubjectId)).Distinct().ToArray();
        var merchants = endpoints.Select(endpoint => endpoint.Merchant).Distinct().ToArray();
        var orders = await db.Orders.AsNoTracking()
            .Where(order => EF.Parameter(ids).Contains(order.CorrelationId) && EF.Parameter(merchants).Contains(order.Merchant)).ToListAsync();
        return orders.ToDictionary(order => order.CorrelationId.ToString());
    }

    async Task<HashSet<(Guid Endpoint, long Event)>> Known(List<AuditRow> owed)
    {
        var ids = owed.Select(row => row.Id).ToArray();
        var known = await db.WebhookDeliveries.AsNoTracking().Where(row => EF.Parameter(ids).Contains(row.EventId))
            .Select(row => new { row.EndpointId, row.EventId }).ToListAsync();
        return [.. known.Select(row => (row.EndpointId, row.EventId))];
    }

    WebhookDelivery Delivery(AuditRow row, OrderState order, WebhookEndpoint endpoint, DateTimeOffset now)
    {
        var type = OrderEvent.TypeOf(row)!;
        var missed = endpoint.State == EndpointStates.Disabled || IsFull(endpoint);
        return new WebhookDelivery
        {
            Id = Guid.CreateVersion7(now),
            EndpointId = endpoint.Id,
            OrderId = order.CorrelationId,
            EventId = row.Id,
            Type = type,
            Body = OrderEvent.Json(type, row, order),
            State = missed ? DeliveryStates.Missed : DeliveryStates.Pending,
            NextAttemptAt = missed ? null : now.UtcDateTime,
            CreatedAt = now.UtcDateTime,
        };
    }

    bool IsFull(WebhookEndpoint endpoint)
    {
        if (pending.TryAdd(endpoint.Id))
            return false;
        WebhookMetrics.Missed(endpoint.Merchant);
        return true;
    }
}

/// <summary>Body of a webhook to a merchant.</summary>
/// <param name="Id">Id of the event, the same for every endpoint and attempt; the webhook-id header is the delivery's.</param>
/// <param name="Type">order.submitted, order.completed, order.cancelled or order.needs_review.</param>
/// <param name="Timestamp">UTC; time of the event.</param>
/// <param name="Data">The order at that time.</param>
public sealed record OrderEvent(string Id, string Type, DateTime Timestamp, OrderEventData Data)
{
    /// <summary>The event type of a change of state; null for internal steps.</summary>
    public static string? TypeOf(AuditRow change) => change switch
    {
        { Subject: not OrderAudit.Subject } => null,
        _ when change.From == change.To => null,
        { From: "" } => "order.submitted",
        { To: OrderStates.Completed } => "order.completed",
        { To: OrderStates.Cancelled } => "order.cancelled",
        { To: OrderStates.NeedsReview } => "order.needs_review",
        _ => null,
    };

    /// <summary>Hash of audit row id and order id: the plain row id would reveal how much is sold.</summary>
    public static string IdOf(long auditId, Guid orderId) =>
        "evt_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{orderId}:{auditId}")).AsSpan(0, 16));

    public static string Json(string type, AuditRow change, OrderState order) => JsonSerializer.Serialize(
        new OrderEvent(IdOf(change.Id, order.CorrelationId), type, change.At, new OrderEventData(
            order.CorrelationId, order.IdempotencyKey, change.To, ReasonOf(change, order), new Money(order.Total, order.Currency), order.CreatedAt)),
        WebJson.Options);

    static string? ReasonOf(AuditRow change, OrderState order) => change.Detail == OrderAudit.RequestedByMerchant ? order.Reason : change.Detail;
}

/// <summary>The order of an event.</summary>
/// <param name="OrderId">Id of the order.</param>
/// <param name="IdempotencyKey">The key of its placement.</param>
/// <param name="Status">The status of GET /orders/{id} at that time.</param>
/// <param name="Reason">Why it was cancelled or needs review.</param>
/// <param name="Total">The price of all lines.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record OrderEventData(Guid OrderId, string IdempotencyKey, string Status, string? Reason, Money Total, DateTime CreatedAt);
