using System.Diagnostics.Metrics;
using OrderSaga.Platform;

namespace Reconciler.Job;

static class AssuranceMetrics
{
    static readonly Counter<long> Driven = Instruments.Meter.CreateCounter<long>(
        "ordersaga.orders.driven", null, "Orders that assurance drove on: by the answer that a participant told, or by having the command sent again");

    static double oldestSeconds;

    static AssuranceMetrics() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.orders.overdue.oldest", () => Volatile.Read(ref oldestSeconds), "s", "How long the oldest overdue order has waited for assurance");

    public static void Saw(TimeSpan oldest) => Volatile.Write(ref oldestSeconds, oldest.TotalSeconds);

    public static void Drove(bool byAnswer) => Driven.Add(1, new KeyValuePair<string, object?>("by", byAnswer ? "answer" : "command"));
}
