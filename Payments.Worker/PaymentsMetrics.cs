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
        Instruments.Meter.CreateCounter<long>("ordersaga.gateway.calls", "{call}", "Calls to payment gateways, by operation, result and gateway");

    static readonly Counter<long> Deferred =
        Instruments.Meter.CreateCounter<long>("ordersaga.gateway.calls.deferred", "{call}",
            "Calls left to a sweeper: this process was too busy, or queries pause after a 429");

    static readonly Counter<long> SweptAttempts =
        Instruments.Meter.CreateCounter<long>("ordersaga.payment.attempts.swept", "{attempt}", "Attempts taken by a sweeper");

    static readonly UpDownCounter<int> Breaker =
        Instruments.Meter.CreateUpDownCounter<int>("ordersaga.gateway.breaker.open", "{breaker}",
            "By lane and gateway: 1 while the breaker of calls is open; that of queries about waiting payments does not count");

    static readonly Counter<long> Routes =
        Instruments.Meter.CreateCounter<long>("ordersaga.payment.routes", "{authorization}",
            "Authorizations that went to the other gateway, by that gateway and by what was certain of the first");

    static readonly Counter<long> Strays =
        Instruments.Meter.CreateCounter<long>("ordersaga.payment.strays", "{authorization}",
            "Authorizations at a gateway that is not the branch's, voided; by gateway");

    static readonly Counter<long> Webhooks =
        Instruments.Meter.CreateCounter<long>("ordersaga.gateway.webhooks", "{webhook}",
            "Webhooks of payment gateways, by outcome and gateway; alarm on refused");

    public static void Alarmed() => Alarms.Add(1);

    public static void Called(string operation, string result, string gateway) =>
        Calls.Add(1, Tag("operation", operation), Tag("result", result), Tag("gateway", gateway));

    public static void DeferredToSweeper(string gateway) => Deferred.Add(1, Tag("gateway", gateway));

    public static void Routed(string gateway, string certainty) => Routes.Add(1, Tag("gateway", gateway), Tag("certainty", certainty));

    public static void Stray(string gateway) => Strays.Add(1, Tag("gateway", gateway));

    public static void Swept(int attempts) => SweptAttempts.Add(attempts);

    public static void Webhook(string outcome, string gateway) => Webhooks.Add(1, Tag("outcome", outcome), Tag("gateway", gateway));

    /// <summary>
    /// Returns a function to run when the breaker of a lane at a gateway opens (true) or closes (false). One that reopens after its trial call
    /// counts as open all the time.
    /// </summary>
    public static Func<bool, ValueTask> BreakerOf(string lane, string gateway)
    {
        var was = 0;
        return open =>
        {
            var now = open ? 1 : 0;
            Breaker.Add(now - Interlocked.Exchange(ref was, now), Tag("lane", lane), Tag("gateway", gateway));
            return ValueTask.CompletedTask;
        };
    }

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
