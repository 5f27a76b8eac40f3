using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace OrderSaga.Payments;

/// <summary>Metrics of committed changes rise after the commit.</summary>
static class PaymentsMetrics
{
    static readonly Counter<long> Alarms =
        Instruments.Meter.CreateCounter<long>("ordersaga.payment.alarms", "{alarm}",
            "Late payments, refused voids and refunds, captures by another party, invalid payment pages: alarm on any");

    static readonly Counter<long> Calls =
        Instruments.Meter.CreateCounter<long>("ordersaga.gateway.calls", "{call}", "Calls to the payment gateway, by operation and result");

    static readonly Counter<long> Deferred =
        Instruments.Meter.CreateCounter<long>("ordersaga.gateway.calls.deferred", "{call}",
            "Calls left to a sweeper: this process was too busy, or queries pause after a 429");

    static readonly Counter<long> SweptAttempts =
        Instruments.Meter.CreateCounter<long>("ordersaga.payment.attempts.swept", "{attempt}", "Attempts taken by a sweeper");

    static readonly UpDownCounter<int> Breaker =
        Instruments.Meter.CreateUpDownCounter<int>("ordersaga.gateway.breaker.open", "{breaker}",
            "By lane: 1 while the circuit breaker of its calls is open; that of the queries about waiting payments does not count");

    static readonly Counter<long> Webhooks =
        Instruments.Meter.CreateCounter<long>("ordersaga.gateway.webhooks", "{webhook}", "Webhooks of the payment gateway, by outcome; alarm on refused");

    public static void Alarmed() => Alarms.Add(1);

    public static void Called(string operation, string result) => Calls.Add(1, Tag("operation", operation), Tag("result", result));

    public static void DeferredToSweeper() => Deferred.Add(1);

    public static void Swept(int attempts) => SweptAttempts.Add(attempts);

    public static void Webhook(string outcome) => Webhooks.Add(1, Tag("outcome", outcome));

    /// <summary>
    /// Returns a function to run when the lane's breaker opens (true) or closes (false). One that reopens after its trial call counts as open all
    /// the time.
    /// </summary>
    public static Func<bool, ValueTask> BreakerOf(string lane)
    {
        var was = 0;
        return open =>
        {
            var now = open ? 1 : 0;
            Breaker.Add(now - Interlocked.Exchange(ref was, now), Tag("lane", lane));
            return ValueTask.CompletedTask;
        };
    }

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
