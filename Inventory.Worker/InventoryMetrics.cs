using System.Diagnostics.Metrics;
using OrderSaga.Platform;

namespace OrderSaga.Inventory;

/// <summary>Counted after the commit, except violations, which never commit.</summary>
static class InventoryMetrics
{
    static readonly Counter<long> Steps =
        Instruments.Meter.CreateCounter<long>("ordersaga.stock.branch.transitions", "{transition}", "Steps of stock branches, by message and new state");

    static readonly Counter<long> Repeats =
        Instruments.Meter.CreateCounter<long>("ordersaga.stock.branch.repeats", "{message}", "Repeated messages that were answered again without effect");

    static readonly Counter<long> Violations =
        Instruments.Meter.CreateCounter<long>("ordersaga.stock.branch.violations", "{message}", "Messages that broke the branch's rules: alarm on any");

    static readonly Counter<long> Pieces = Instruments.Meter.CreateCounter<long>("ordersaga.stock.received", "{piece}", "Received pieces");

    public static void Transitioned(string message, BranchState to) => Steps.Add(1, Tag("message", message), Tag("state", to.ToString()));

    public static void Repeated(string message) => Repeats.Add(1, Tag("message", message));

    public static void Violated(string message) => Violations.Add(1, Tag("message", message));

    public static void Received(long quantity) => Pieces.Add(quantity);

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
