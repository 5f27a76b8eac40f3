using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace Orders.Api.Webhooks;

static class WebhookMetrics
{
    static readonly Counter<long> Sendings =
        Instruments.Meter.CreateCounter<long>("ordersaga.webhook.deliveries", "{sending}", "Webhooks sent to merchants, by outcome");

    static readonly Counter<long> Switched =
        Instruments.Meter.CreateCounter<long>("ordersaga.webhook.deliveries.disabled", "{endpoint}", "Disabled endpoints: inform the merchant");

    static double oldestSeconds;

    static WebhookMetrics() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.webhook.deliveries.age", () => Volatile.Read(ref oldestSeconds), "s", "Age of the oldest pending event");

    public static void Sent(string outcome) => Sendings.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Disabled() => Switched.Add(1);

    public static void SetOldestAge(TimeSpan age) => Volatile.Write(ref oldestSeconds, age.TotalSeconds);
}

static class WebhookAudit
{
    /// <summary>Subject of an endpoint's audit rows; the subject id is the endpoint's id.</summary>
    public const string Subject = "webhook endpoint";
}
