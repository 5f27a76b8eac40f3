using System.Text.Json.Serialization;
using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>A url to be told at.</summary>
/// <param name="Url">Absolute, https, on the public internet.</param>
public sealed record EndpointRequest(string? Url);

/// <summary>A url at which a merchant is told of its orders.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Url">Where events are sent.</param>
/// <param name="Status">Active; Failing: its last delivery was not taken, they are tried again; Disabled: nothing is sent until it is enabled.</param>
/// <param name="Reason">Why it is failing or disabled.</param>
/// <param name="FailingSince">UTC; since when it has taken nothing.</param>
/// <param name="PreviousSecretUntil">UTC; until then the secret before signs as well.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="Missed">What happened while it was disabled and was not sent; none: nothing. Lists leave it out.</param>
/// <param name="Secret">Signs its deliveries; shown in this answer only.</param>
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

/// <summary>Events that an endpoint missed while it was disabled, as far back as the log is kept.</summary>
/// <param name="Events">How many; GET /webhook-endpoints/{id}/deliveries?status=Missed lists them.</param>
/// <param name="Since">UTC; since when.</param>
public sealed record MissedEvents(int Events, DateTime Since);

/// <summary>What is to become of the events that were missed.</summary>
/// <param name="SendMissed">They are sent now, the oldest first.</param>
public sealed record EnableRequest(bool? SendMissed);

/// <summary>One event for one endpoint, and how far it is.</summary>
/// <param name="Id">Its id.</param>
/// <param name="WebhookId">The header webhook-id of each of its sendings: the same event twice has the same.</param>
/// <param name="EventId">The id in the body; the same at each endpoint.</param>
/// <param name="OrderId">The order that it tells of.</param>
/// <param name="Type">order.submitted, order.completed, order.cancelled or order.needs_review.</param>
/// <param name="Status">Pending, Delivered, GivenUp, or Missed while the endpoint was disabled.</param>
/// <param name="Attempts">Sendings so far.</param>
/// <param name="LastStatus">HTTP status of the last answer.</param>
/// <param name="LastError">Why the last sending failed.</param>
/// <param name="LastAttemptAt">UTC.</param>
/// <param name="NextAttemptAt">UTC; when it is sent again.</param>
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
        row.Id, Signature.IdOf(row), OrderEvent.IdOf(row.EventId, row.OrderId), row.OrderId, row.Type, row.State, row.Attempts, row.LastStatus,
        row.LastError, row.LastAttemptAt, row.NextAttemptAt,
        row.CreatedAt);
}
