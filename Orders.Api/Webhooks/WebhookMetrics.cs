using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace Orders.Api.Webhooks;

static class WebhookMetrics
{
    static readonly Counter<long> Sendings =
        Instruments.Meter.CreateCounter<long>("ordersaga.webhook.deliveries", "{sending}", "Webhooks sent to merchants, by outcome");

    static readonly Counter<long> Switched =
        Instruments.Meter.CreateCounter<long>("ordersaga.webhook.deliveries.disabled", "{endpoint}", "Disabled endpoints: inform the merchant");

    static readonly Counter<long> Skipped = Instruments.Meter.CreateCounter<long>(
        "ordersaga.webhook.deliveries.missed", "{event}", "Events stored as missed because the endpoint had too many pending, by merchant");

    static double oldestSeconds;
    static Dictionary<string, int> sending = [];

    static WebhookMetrics()
    {
        Instruments.Meter.CreateObservableGauge(
            "ordersaga.webhook.deliveries.age", () => Volatile.Read(ref oldestSeconds), "s", "Age of the oldest pending event");
        Instruments.Meter.CreateObservableGauge("ordersaga.webhook.deliveries.sending", Measure, "{sending}", "Attempts in progress, by merchant");
    }

    public static void Missed(string merchant) => Skipped.Add(1, new KeyValuePair<string, object?>("merchant", merchant));

    public static void SetSending(IEnumerable<Sending> inProgress) =>
        Volatile.Write(ref sending, inProgress.CountBy(one => one.Merchant).ToDictionary(StringComparer.Ordinal));

    public static void Sent(string outcome) => Sendings.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void Disabled() => Switched.Add(1);

    public static void SetOldestAge(TimeSpan age) => Volatile.Write(ref oldestSeconds, age.TotalSeconds);

    static IEnumerable<Measurement<int>> Measure() =>
        Volatile.Read(ref sending).Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>("merchant", pair.Key)));
}

static class WebhookAudit
{
    /// <summary>Subject of an endpoint's audit rows; the subject id is the endpoint's id.</summary>
    public const string Subject = "webhook endpoint";
}
