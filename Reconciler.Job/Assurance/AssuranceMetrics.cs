using System.Diagnostics.Metrics;
using OrderSaga.Platform;

namespace Reconciler.Job;

static class AssuranceMetrics
{
    static readonly Counter<long> Driven = Instruments.Meter.CreateCounter<long>(
        "ordersaga.orders.driven", null, "Overdue orders resumed: by a participant's lost answer, or by repeating the command");

    static double oldestSeconds;

    static AssuranceMetrics() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.orders.overdue.oldest", () => Volatile.Read(ref oldestSeconds), "s", "How long the oldest overdue order has waited for recovery");

    public static void Saw(TimeSpan oldest) => Volatile.Write(ref oldestSeconds, oldest.TotalSeconds);

    public static void Drove(bool byAnswer) => Driven.Add(1, new KeyValuePair<string, object?>("by", byAnswer ? "answer" : "command"));
}
