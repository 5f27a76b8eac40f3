using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Participants;

/// <summary>A service that takes part in orders with a Try, a Confirm and a Cancel.</summary>
/// <param name="name">One lower-case word; it names the branches in paths, audit and metrics.</param>
/// <param name="answerQueue">The queue that receives the answers.</param>
/// <param name="orderId">The order that a command is about.</param>
public sealed class Participant(string name, string answerQueue, Func<object, Guid> orderId)
{
    readonly Counter<long> steps = Instruments.Meter.CreateCounter<long>(
        $"ordersaga.{name}.branch.transitions", "{transition}", $"Steps of {name} branches, by cause and new state");

    readonly Counter<long> repeats = Instruments.Meter.CreateCounter<long>(
        $"ordersaga.{name}.branch.repeats", "{message}", "Messages that changed nothing, such as duplicates");

    readonly Counter<long> violations = Instruments.Meter.CreateCounter<long>(
        $"ordersaga.{name}.branch.violations", "{message}", "Messages that broke the branch's rules: alarm on any");

    public string Name { get; } = name;

    /// <summary>The subject of its audit rows.</summary>
    public string Subject { get; } = name + " branch";

    internal string AnswerQueue => answerQueue;

    public Guid OrderId(object command) => orderId(command);

    internal void CountTransition(string cause, string to) => steps.Add(1, Tag("cause", cause), Tag("state", to));

    internal void CountRepeat(string message) => repeats.Add(1, Tag("message", message));

    internal void CountViolation(string message) => violations.Add(1, Tag("message", message));

    static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
