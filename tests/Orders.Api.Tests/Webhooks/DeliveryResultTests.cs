using Orders.Api.Webhooks;
using Orders.Model.Webhooks;

namespace Orders.Api.Tests.Webhooks;

/// <summary>How the result of a delivery attempt changes the delivery and its endpoint.</summary>
public sealed class DeliveryResultTests
{
    static readonly DateTime Start = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
    static readonly SendResult Taken = new(204, null);
    static readonly SendResult Refused = new(503, "answered 503");

    readonly WebhookSettings settings = new();

    [Fact]
    public void The_default_retry_schedule_grows_over_three_days()
    {
        settings.TotalRetryTime.ShouldBeInRange(TimeSpan.FromDays(2.8), TimeSpan.FromDays(3));
        settings.Retries.ShouldBeInOrder();
        settings.Check();
    }

    [Fact]
    public void Three_days_of_failures_disable_the_endpoint()
    {
        var (delivery, endpoint, now, delays) = (Delivery(), Endpoint(), Start, new List<double>());
        for (delivery.Attempts = 1; ; delivery.Attempts++)
        {
            delivery.Record(Refused, endpoint, settings.Retries, now);
            if (delivery.NextAttemptAt is not { } next)
                break;
            endpoint.State.ShouldBe(EndpointStates.Failing);
            delays.Add((next - now).TotalSeconds);
            now = next;
        }

        delays.Count.ShouldBe(settings.Retries.Count);
        delays.Zip(settings.Retries).ShouldAllBe(pair => pair.First >= pair.Second && pair.First <= pair.Second * 1.1);
        (now - Start).ShouldBeInRange(TimeSpan.FromDays(2.8), TimeSpan.FromDays(3.3));
        (delivery.State, delivery.Attempts, endpoint.State).ShouldBe((DeliveryStates.GivenUp, settings.Retries.Count + 1, EndpointStates.Disabled));
        endpoint.Reason.ShouldBe("accepted nothing since 2026-01-31T12:00:00.000Z: answered 503");
    }

    [Fact]
    public void A_successful_delivery_reactivates_the_endpoint()
    {
        var (delivery, endpoint) = (Delivery(), Endpoint());
        delivery.Record(Refused, endpoint, settings.Retries, Start);
        (endpoint.State, endpoint.FailingSince, endpoint.Reason).ShouldBe((EndpointStates.Failing, Start, "answered 503"));
        delivery.Record(Taken, endpoint, settings.Retries, Start.AddSeconds(5));
        (delivery.State, delivery.NextAttemptAt, delivery.LastStatus, delivery.LastError).ShouldBe((DeliveryStates.Delivered, null, 204, null));
        (endpoint.State, endpoint.FailingSince, endpoint.Reason).ShouldBe((EndpointStates.Active, null, null));
    }

    [Fact]
    public void One_undeliverable_event_does_not_disable_the_endpoint()
    {
        var (delivery, endpoint) = (Delivery(settings.Retries.Count + 1), Endpoint());
        Delivery().Record(Refused, endpoint, settings.Retries, Start.AddHours(-1));
        delivery.Record(Refused, endpoint, settings.Retries, Start);
        (delivery.State, endpoint.State).ShouldBe((DeliveryStates.GivenUp, EndpointStates.Failing));
    }

    [Fact]
    public void HTTP_410_disables_the_endpoint_at_once()
    {
        var (delivery, endpoint) = (Delivery(), Endpoint());
        delivery.Record(new SendResult(410, "answered 410"), endpoint, settings.Retries, Start);
        (delivery.State, delivery.NextAttemptAt, endpoint.State).ShouldBe((DeliveryStates.GivenUp, null, EndpointStates.Disabled));
    }

    [Fact]
    public void A_late_result_does_not_reactivate_an_endpoint()
    {
        foreach (var state in (string[])[EndpointStates.Disabled, EndpointStates.Removed])
        {
            var endpoint = Endpoint();
            endpoint.State = state;
            foreach (var result in (SendResult[])[Taken, Refused, new(410, "answered 410")])
                Delivery().Record(result, endpoint, settings.Retries, Start);
            endpoint.State.ShouldBe(state);
        }
    }

    [Theory]
    [InlineData("RetryDelaySeconds")]
    [InlineData("LeaseSeconds")]
    [InlineData("TakeoverTimeoutSeconds")]
    public void Inconsistent_webhook_settings_stop_startup(string name)
    {
        var wrong = name switch
        {
            "RetryDelaySeconds" => new WebhookSettings { RetryDelaySeconds = [0] },
            "LeaseSeconds" => new WebhookSettings { LeaseSeconds = 19 },
            _ => new WebhookSettings { TakeoverTimeoutSeconds = 1 },
        };
        Should.Throw<InvalidOperationException>(wrong.Check).Message.ShouldContain("Webhooks:" + name);
    }

    static WebhookDelivery Delivery(int attempts = 1) => new() { Id = Guid.CreateVersion7(), Type = "order.completed", Body = "{}", Attempts = attempts };

    static WebhookEndpoint Endpoint() => new() { Merchant = "m", Url = "https://shop.example/" };
}
