using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderSaga.Platform;
using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;

namespace Orders.Api.Webhooks;

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
        { To: OrderStates.Reserving, From: "" } => "order.submitted",
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
            order.CorrelationId, order.IdempotencyKey, change.To, change.Detail, new Money(order.Total, order.Currency), order.CreatedAt)),
        WebJson.Options);
}

/// <summary>The order of an event.</summary>
/// <param name="OrderId">Id of the order.</param>
/// <param name="IdempotencyKey">The key of its placement.</param>
/// <param name="Status">The status of GET /orders/{id} at that time.</param>
/// <param name="Reason">Why it was cancelled or needs review.</param>
/// <param name="Total">The price of all lines.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record OrderEventData(Guid OrderId, string IdempotencyKey, string Status, string? Reason, Money Total, DateTime CreatedAt);
