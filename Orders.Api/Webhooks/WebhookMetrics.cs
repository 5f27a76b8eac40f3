using System.Diagnostics.Metrics;
using OrderSaga.Platform;

namespace Orders.Api.Webhooks;

static class WebhookMetrics
{
    static readonly Counter<long> Sendings =
        Instruments.Meter.CreateCounter<long>("ordersaga.webhooks.out", "{sending}", "Webhooks sent to merchants, by outcome");

    static readonly Counter<long> Switched =
        Instruments.Meter.CreateCounter<long>("ordersaga.webhooks.out.disabled", "{endpoint}", "Endpoints that took nothing for too long: tell the merchant");

    static double oldestSeconds;

    static WebhookMetrics() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.webhooks.out.age", () => Volatile.Read(ref oldestSeconds), "s", "Age of the oldest event that an endpoint is still owed");

    public static void Sent(string outcome) => Sendings.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Disabled() => Switched.Add(1);

    public static void OldestIs(TimeSpan age) => Volatile.Write(ref oldestSeconds, age.TotalSeconds);
}

static class WebhookAudit
{
    /// <summary>The subject of an endpoint's audit rows; their subject id is its id.</summary>
    public const string Subject = "webhook endpoint";
}
