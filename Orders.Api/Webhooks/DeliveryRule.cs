using OrderSaga.Platform;
using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>What one sending came to.</summary>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Error">Why it failed; null when it was taken.</param>
sealed record SendResult(int? Status, string? Error);

/// <summary>What a result means for a delivery and for its endpoint. Pure.</summary>
static class DeliveryRule
{
    const int Gone = 410;

    /// <summary>Notes the result of a sending that this delivery's lease holder made.</summary>
    public static void Note(WebhookDelivery delivery, WebhookEndpoint endpoint, SendResult result, WebhookSettings settings, DateTime now)
    {
        (delivery.LastStatus, delivery.LastError, delivery.LastAttemptAt) = (result.Status, result.Error, now);
        if (result.Error is null)
        {
            (delivery.State, delivery.NextAttemptAt) = (DeliveryStates.Delivered, null);
            Works(endpoint, now);
        }
        else if (result.Status == Gone)
        {
            (delivery.State, delivery.NextAttemptAt) = (DeliveryStates.GivenUp, null);
            Disable(endpoint, "answered 410 Gone", now);
        }
        else
        {
            Retry(delivery, settings, now);
            Fails(endpoint, delivery, result.Error, settings, now);
        }
    }

    /// <summary>The pause after the n-th sending, up to a tenth longer by the delivery's own id, so that a crowd spreads; null: no more.</summary>
    public static TimeSpan? Pause(WebhookDelivery delivery, WebhookSettings settings) => delivery.Attempts > settings.Retries.Count
        ? null
        : TimeSpan.FromSeconds(settings.Retries[delivery.Attempts - 1] * (1 + (delivery.Id.ToByteArray()[15] / 2560.0)));

    static void Retry(WebhookDelivery delivery, WebhookSettings settings, DateTime now)
    {
        var pause = Pause(delivery, settings);
        delivery.State = pause is null ? DeliveryStates.GivenUp : DeliveryStates.Pending;
        delivery.NextAttemptAt = now + pause;
    }

    static void Works(WebhookEndpoint endpoint, DateTime now)
    {
        if (endpoint.State == EndpointStates.Failing)
            (endpoint.State, endpoint.Reason, endpoint.FailingSince, endpoint.UpdatedAt) = (EndpointStates.Active, null, null, now);
    }

    /// <summary>An endpoint that takes nothing for as long as one delivery is tried is not tried with the next.</summary>
    static void Fails(WebhookEndpoint endpoint, WebhookDelivery delivery, string error, WebhookSettings settings, DateTime now)
    {
        if (endpoint.State == EndpointStates.Active)
            (endpoint.State, endpoint.Reason, endpoint.FailingSince, endpoint.UpdatedAt) = (EndpointStates.Failing, error, now, now);
        else if (endpoint.State == EndpointStates.Failing && delivery.State == DeliveryStates.GivenUp && now - endpoint.FailingSince >= settings.GivesUpAfter)
            Disable(endpoint, $"took nothing since {(endpoint.FailingSince is { } since ? WebJson.Text(since) : "")}: {error}", now);
    }

    static void Disable(WebhookEndpoint endpoint, string reason, DateTime now)
    {
        if (endpoint.State is EndpointStates.Active or EndpointStates.Failing)
            (endpoint.State, endpoint.Reason, endpoint.UpdatedAt) = (EndpointStates.Disabled, Text.Clean(reason, 500), now);
    }
}
