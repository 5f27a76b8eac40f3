namespace FaultRuns.Experiments;

/// <summary>One condition under a steady load, measured and judged.</summary>
/// <param name="Name">As the command line names it.</param>
/// <param name="Question">The question that it answers.</param>
/// <param name="Settings">Settings of all processes.</param>
/// <param name="Try">Runs it; failures are reported to the trial.</param>
public sealed record Experiment(string Name, string Question, IReadOnlyDictionary<string, string?> Settings, Func<Trial, Task> Try)
{
    static readonly Dictionary<string, string?> Usual = [];

    public static IReadOnlyList<Experiment> All { get; } =
    [
        new("read-only", "Each database read-only in turn: no dead letter, no 500, no lost order, ready says so, back within 10 s", Usual,
            trial => DatabaseStates.Try(trial, DatabaseStates.ReadOnly)),
        new("statement-timeout", "Each database ends every statement in turn: the same", Usual,
            trial => DatabaseStates.Try(trial, DatabaseStates.StatementTimeout)),
        new("delivery-limit", "A delivery limit of 3 on every queue and 50 kills: no order is lost, by HTTP or on the bus", Usual,
            DeliveryLimits.Try),
        new("full-subscriber", "A full queue bound to each public event in turn: p99 of the orders within 1.2 times", Usual,
            FullSubscribers.Try),
        new("locked-row", "One locked row of an order, sku or branch: the other orders are unaffected", Usual, LockedRows.Try),
        new("failing-messages", "1 % of failing messages: at least 90 % of the rate", Usual, FailingMessages.Try),
        new("unpaid-orders", "Many unpaid hosted orders: p99 of cards within 1.3 times, each ends as it was paid, stock is free",
            UnpaidOrders.Settings, UnpaidOrders.Try),
        new("long-outage", "Gateway, inventory, saga or broker away longer than the time to pay: no late capture, stock is free, no case",
            LongOutages.Settings, LongOutages.Try),
        new("fairness", "One merchant attacks: another one's webhooks arrive within 3 s, none of its orders is refused, p99 within 1.5 times",
            MerchantAttacks.Settings, MerchantAttacks.Try),
        new("flooding-merchant", "One merchant floods, or all its orders get stuck: another one is not refused and keeps 98 % of its rate",
            MerchantFloods.Settings, MerchantFloods.Try),
        new("lanes", "One group of orders is in trouble, another one not: without lanes, in shared processes, in processes of its own",
            LaneFloods.Settings, LaneFloods.Try),
        new("switch-flips", "The switch of the flow changes under load and kills at fail points: no order of mixed flow, no other violation", Usual,
            SwitchFlips.Try),
        new("switch-kill", "Orders sent to three processes after the answer to kill: none is decided by the killed rule",
            SwitchKills.Settings, SwitchKills.Try),
    ];
}
