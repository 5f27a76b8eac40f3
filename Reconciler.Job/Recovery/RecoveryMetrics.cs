using System.Diagnostics.Metrics;

namespace Reconciler.Job;

static class RecoveryMetrics
{
    static readonly Counter<long> Resumed = Instruments.Meter.CreateCounter<long>(
        "ordersaga.orders.resumed", null, "Messages that resume orders which are overdue or in review: lost answers, and CheckOrder to repeat a command");

    static double oldestSeconds;

    static RecoveryMetrics() => Instruments.Meter.CreateObservableGauge(
        "ordersaga.orders.overdue.oldest", () => Volatile.Read(ref oldestSeconds), "s", "How long the oldest overdue order has waited for recovery");

    public static void RecordOldest(TimeSpan oldest) => Volatile.Write(ref oldestSeconds, oldest.TotalSeconds);

    public static void RecordResumed(bool byAnswer) => Resumed.Add(1, new KeyValuePair<string, object?>("by", byAnswer ? "answer" : "command"));
}
