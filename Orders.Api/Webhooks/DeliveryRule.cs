using OrderSaga.Platform;
using Orders.Model.Webhooks;

namespace Orders.Api.Webhooks;

/// <summary>Result of one attempt.</summary>
/// <param name="Status">HTTP status; null without an answer.</param>
/// <param name="Error">Why it failed; null on success.</param>
sealed record SendResult(int? Status, string? Error);

/// <summary>Applies a result to a delivery and its endpoint. Pure.</summary>
static class DeliveryRule
{
    const int Gone = 410;

    /// <summary>Applies the result of an attempt by the delivery's lease holder.</summary>
    public static void Record(WebhookDelivery delivery, WebhookEndpoint endpoint, SendResult result, WebhookSettings settings, DateTime now)
    {
        (delivery.LastStatus, delivery.LastError, delivery.LastAttemptAt) = (result.Status, result.Error, now);
        if (result.Error is null)
        {
            (delivery.State, delivery.NextAttemptAt) = (DeliveryStates.Delivered, null);
            RecordSuccess(endpoint, now);
        }
        else if (result.Status == Gone)
        {
            (delivery.State, delivery.NextAttemptAt) = (DeliveryStates.GivenUp, null);
            Disable(endpoint, "answered 410 Gone", now);
        }
        else
        {
            Retry(delivery, settings, now);
            RecordFailure(endpoint, delivery, result.Error, settings, now);
        }
    }

    /// <summary>Delay after the n-th attempt, up to a tenth longer by the delivery's id to spread load; null: no more attempts.</summary>
    public static TimeSpan? Delay(WebhookDelivery delivery, WebhookSettings settings) => delivery.Attempts > settings.Retries.Count
        ? null
        : TimeSpan.FromSeconds(settings.Retries[delivery.Attempts - 1] * (1 + (delivery.Id.ToByteArray()[15] / 2560.0)));

    static void Retry(WebhookDelivery delivery, WebhookSettings settings, DateTime now)
    {
        var delay = Delay(delivery, settings);
        delivery.State = delay is null ? DeliveryStates.GivenUp : DeliveryStates.Pending;
        delivery.NextAttemptAt = now + delay;
    }

    static void RecordSuccess(WebhookEndpoint endpoint, DateTime now)
    {
        if (endpoint.State == EndpointStates.Failing)
            (endpoint.State, endpoint.Reason, endpoint.FailingSince, endpoint.UpdatedAt) = (EndpointStates.Active, null, null, now);
    }

    /// <summary>Disables an endpoint that accepted nothing during the whole retry schedule of one delivery.</summary>
    static void RecordFailure(WebhookEndpoint endpoint, WebhookDelivery delivery, string error, WebhookSettings settings, DateTime now)
    {
        if (endpoint.State == EndpointStates.Active)
            (endpoint.State, endpoint.Reason, endpoint.FailingSince, endpoint.UpdatedAt) = (EndpointStates.Failing, error, now, now);
        else if (endpoint.State == EndpointStates.Failing && delivery.State == DeliveryStates.GivenUp && now - endpoint.FailingSince >= settings.TotalRetryTime)
            Disable(endpoint, $"accepted nothing since {(endpoint.FailingSince is { } since ? WebJson.Text(since) : "")}: {error}", now);
    }

    static void Disable(WebhookEndpoint endpoint, string reason, DateTime now)
    {
        if (endpoint.State is EndpointStates.Active or EndpointStates.Failing)
            (endpoint.State, endpoint.Reason, endpoint.UpdatedAt) = (EndpointStates.Disabled, Text.Clean(reason, 500), now);
    }
}
