using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderSaga.Platform;
using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;

namespace Orders.Api.Webhooks;

/// <summary>What a merchant's endpoint is sent.</summary>
/// <param name="Id">Of the event: the same at each endpoint and in each sending, while webhook-id is the delivery's.</param>
/// <param name="Type">order.submitted, order.completed, order.cancelled or order.needs_review.</param>
/// <param name="Timestamp">UTC; when it happened.</param>
/// <param name="Data">The order, as it was then.</param>
public sealed record OrderEvent(string Id, string Type, DateTime Timestamp, OrderEventData Data)
{
    /// <summary>The event that an order's change of state is, or null: inner steps are nobody's business.</summary>
    public static string? TypeOf(AuditRow change) => change switch
    {
        { Subject: not OrderAudit.Subject } => null,
        _ when change.From == change.To => null,
        { To: States.Reserving, From: "" } => "order.submitted",
        { To: States.Completed } => "order.completed",
        { To: States.Cancelled } => "order.cancelled",
        { To: States.NeedsReview } => "order.needs_review",
        _ => null,
    };

    /// <summary>Of the audit row and its order, hashed: the row's number would tell how much is sold.</summary>
    public static string IdOf(long auditId, Guid orderId) =>
        "evt_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{orderId}:{auditId}")).AsSpan(0, 16));

    public static string Json(string type, AuditRow change, OrderState order) => JsonSerializer.Serialize(
        new OrderEvent(IdOf(change.Id, order.CorrelationId), type, change.At, new OrderEventData(
            order.CorrelationId, order.IdempotencyKey, change.To, change.Detail, new Money(order.Total, order.Currency), order.CreatedAt)),
        WebJson.Options);
}

/// <summary>The order that an event is about.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="IdempotencyKey">The key that it was placed with.</param>
/// <param name="Status">As GET /orders/{id} said then.</param>
/// <param name="Reason">Why it was cancelled or needs review.</param>
/// <param name="Total">The price of all lines.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record OrderEventData(Guid OrderId, string IdempotencyKey, string Status, string? Reason, Money Total, DateTime CreatedAt);
