using System.Text.Json.Serialization;
using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>An endpoint to register.</summary>
/// <param name="Url">Absolute https URL on the public internet.</param>
public sealed record EndpointRequest(string? Url);

/// <summary>A URL that receives the merchant's order events.</summary>
/// <param name="Id">Id of the endpoint.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Status">Active; Failing: the last delivery was not accepted, deliveries are retried; Disabled: nothing is sent until it is
/// enabled.</param>
/// <param name="Reason">Why it is failing or disabled.</param>
/// <param name="FailingSince">UTC; time since which every delivery failed.</param>
/// <param name="PreviousSecretUntil">UTC; until then the previous secret signs too.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Missed">Events missed while it was disabled or had too many pending, and not sent; absent if none. Not in lists.</param>
/// <param name="Secret">Secret that signs the deliveries; shown in this answer only.</param>
public sealed record EndpointView(
    Guid Id, string Url, string Status, string? Reason, DateTime? FailingSince, DateTime? PreviousSecretUntil, DateTime CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] MissedEvents? Missed = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null)
{
    static readonly DateTime At = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static readonly EndpointView Example =
        new(Guid.Parse("019c13f2-6c00-7a51-8f3e-2b7d64c1a9e1"), "https://shop.example/hooks/orders", EndpointStates.Active, null, null, null, At);

    public static readonly EndpointView WithSecret = Example with { Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" };

    public static readonly EndpointView WithMissed = Example with { Missed = new MissedEvents(5, At) };

    public static EndpointView Of(WebhookEndpoint row) =>
        new(row.Id, row.Url, row.State, row.Reason, row.FailingSince, row.PreviousSecretUntil, row.CreatedAt);
}

/// <summary>Events that an endpoint missed while disabled or with too many pending, within the retention of the log.</summary>
/// <param name="Events">Number of events; GET /webhook-endpoints/{id}/deliveries?status=Missed lists them.</param>
/// <param name="Since">UTC; time of the oldest.</param>
public sealed record MissedEvents(int Events, DateTime Since);

/// <summary>What to do with missed events.</summary>
/// <param name="SendMissed">True: send them now, oldest first.</param>
public sealed record EnableRequest(bool? SendMissed);

/// <summary>One event for one endpoint, with its delivery status.</summary>
/// <param name="Id">Id of the delivery.</param>
/// <param name="WebhookId">The webhook-id header, the same in every attempt.</param>
/// <param name="EventId">The id in the body, the same for every endpoint.</param>
/// <param name="OrderId">The order of the event.</param>
/// <param name="Type">order.submitted, order.completed, order.cancelled or order.needs_review.</param>
/// <param name="Status">Pending, Delivered, GivenUp, or Missed while the endpoint was disabled or had too many pending.</param>
/// <param name="Attempts">Number of attempts.</param>
/// <param name="LastStatus">HTTP status of the last answer.</param>
/// <param name="LastError">Error of the last attempt.</param>
/// <param name="LastAttemptAt">UTC.</param>
/// <param name="NextAttemptAt">UTC; time of the next attempt.</param>
/// <param name="CreatedAt">UTC.</param>
public sealed record DeliveryView(
    Guid Id, string WebhookId, string EventId, Guid OrderId, string Type, string Status, int Attempts, int? LastStatus, string? LastError,
    DateTime? LastAttemptAt, DateTime? NextAttemptAt, DateTime CreatedAt)
{
    static readonly DateTime At = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static readonly DeliveryView Example = new(
        Guid.Parse("019c13f2-7d00-7b52-9f3e-2b7d64c1a9d1"), "msg_019c13f27d007b529f3e2b7d64c1a9d1", "evt_5f2b8c0f1f6a4f0e9b7c3d2e1a0f9b8c",
        Guid.Parse("019c13f2-6c00-7a51-8f3e-2b7d64c1a901"),
        "order.completed", DeliveryStates.Pending, 2, 503, "answered 503", At, At.AddSeconds(31), At);

    public static DeliveryView Of(WebhookDelivery row) => new(
        row.Id, row.WebhookId, OrderEvent.IdOf(row.EventId, row.OrderId), row.OrderId, row.Type, row.State, row.Attempts, row.LastStatus,
        row.LastError, row.LastAttemptAt, row.NextAttemptAt,
        row.CreatedAt);
}
