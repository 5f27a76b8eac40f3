using System.Collections.Frozen;
using OrderSaga.Contracts;
using OrderSaga.Platform.History;
using Orders.Model;

namespace Orders.Api;

/// <summary>
/// Makes the call tree of an order from its history. Pure. The saga's rows are taken in the sequence in which they were written, and a
/// participant's step belongs to the saga's step that sent its command. So a wrong clock moves spans, but neither parents nor critical path.
/// </summary>
sealed class SpanTree
{
    /// <summary>A reading of the database's clock is late by a network delay, so two services differ by that much.</summary>
    static readonly TimeSpan ClockTolerance = TimeSpan.FromMilliseconds(5);

    /// <summary>The answers to each command.</summary>
    static readonly FrozenDictionary<string, string[]> Answers = new Dictionary<string, string[]>
    {
        [nameof(TryReserveStock)] = [nameof(StockReserved), nameof(StockRejected)],
        [nameof(ConfirmStock)] = [nameof(StockConfirmed)],
        [nameof(CancelStock)] = [nameof(StockCancelled)],
        [nameof(TryAuthorizePayment)] = [nameof(PaymentPending), nameof(PaymentAuthorized), nameof(PaymentDeclined)],
        [nameof(ConfirmPayment)] = [nameof(PaymentConfirmed), nameof(PaymentRefused)],
        [nameof(CancelPayment)] = [nameof(PaymentCancelled)],
    }.ToFrozenDictionary();

    /// <summary>States in which a branch or a gateway operation waits for its end.</summary>
    static readonly string[] Unfinished = ["Trying", "Pending", "Confirming", "Cancelling", "Sent", "Unknown"];

    /// <summary>The gateway was not reached. If no further row follows, another gateway took the authorization.</summary>
    const string NotSent = "NotSent";

    readonly OrderHistory history;
    readonly DateTime now;
    readonly DateTime placedAt;
    readonly string status;
    readonly List<Stage> stages;
    readonly ILookup<Stage?, BranchStep> stepsOf;

    SpanTree(OrderHistory history, DateTime now)
    {
        var rows = history.Own.Where(item => item.Subject == OrderAudit.Subject).ToList();
        (this.history, this.now) = (history, now);
        placedAt = rows is [{ From: null } placement, ..] ? placement.At : history.Order.CreatedAt;
        status = rows.Count > 0 ? rows[^1].To : history.Order.State;
        stages = Stages(rows);
        stepsOf = new[] { ItemsOf("stock"), ItemsOf("payment", "gateway", "webhook") }.SelectMany(items => Steps(items)).ToLookup(StageOf);
    }

    /// <param name="history">What the services recorded.</param>
    /// <param name="now">UTC; the end of what has not ended.</param>
    public static OrderTrace Of(OrderHistory history, DateTime now) => new SpanTree(history, now).Build();

    OrderTrace Build()
    {
        var order = history.Order;
        var endedAt = stages.Count > 0 ? stages[^1].End : null;
        var events = history.Own.Where(item => item.Subject != OrderAudit.Subject)
            .Concat(history.Others.Where(item => item.Source is not ("stock" or "payment" or "gateway" or "webhook"))).Select(EventSpan);
        var others = stepsOf[null].Select(step => StepSpan(step, critical: false, note: null)).Concat(events).OrderBy(span => span.StartMs);
        var root = Span("placement", "order", placedAt, endedAt, status) with
        {
            Critical = true,
            Children = [.. stages.Select(StageSpan), .. others],
        };
        return new OrderTrace(order.CorrelationId, status, order.TraceId, "audit", placedAt, endedAt, root, history.Gaps);
    }

    IEnumerable<HistoryItem> ItemsOf(params string[] sources) => history.Others.Where(item => sources.Contains(item.Source));

    // The saga.

    static List<Stage> Stages(List<HistoryItem> rows)
    {
        var begins = Enumerable.Range(0, rows.Count).Where(at => at == 0 || BeginsStage(rows[at])).ToList();
        return [.. begins.Zip(begins.Skip(1).Append(rows.Count), (at, next) => new Stage(rows.GetRange(at, next - at), rows.ElementAtOrDefault(next)))];
    }

    /// <summary>The stages follow each other without gap or overlap, so together they last as long as the order.</summary>
    static bool BeginsStage(HistoryItem row) => row.From != row.To
        && (OrderLifecycle.Of(row.To).IsFinalOrInReview || CommandsOf(row.To).Except(CommandsOf(row.From)).Any());

    static List<string> CommandsOf(string? state)
    {
        var row = OrderLifecycle.Of(state);
        return [.. new[] { row.StockCommand, row.PaymentCommand }.OfType<string>()];
    }

    TraceSpan StageSpan(Stage stage)
    {
        var own = stepsOf[stage].ToList();
        var ending = own.FindLast(step => stage.Next is { } next && Answers[step.First.Cause].Contains(next.Cause));
        var children = own.Select(step => StepSpan(
            step, critical: stage.Next is null ? Missing().Contains(step.First.Cause) : step == ending, ClockNote(stage, own, step)));
        var inner = stage.Inner.Select(row => Span(row.Cause, row.Source, row.At, row.At, row.To) with { Detail = row.Detail });
        return Span(stage.First.Cause, stage.First.Source, stage.First.At, stage.End, stage.First.To) with
        {
            Critical = true,
            Detail = stage.First.Detail,
            Note = stage.End is null ? WaitsFor() : null,
            Children = [.. inner.Concat(children).OrderBy(span => span.StartMs)],
        };
    }

    string? WaitsFor() => Missing() switch
    {
        _ when status == OrderStates.NeedsReview => "waits for an operator",
        [] => null,
        var commands => $"waits for the answer to {string.Join(" and ", commands)}",
    };

    /// <summary>The commands whose answers the order waits for.</summary>
    List<string> Missing() => CommandsOf(status).FindAll(command => command switch
    {
        nameof(CancelStock) => !history.Order.StockReleased,
        nameof(CancelPayment) => !history.Order.PaymentReleased,
        _ => true,
    });

    // The participants.

    /// <summary>The steps of one branch. A command begins one, and so does a later change of a branch that was settled.</summary>
    static List<BranchStep> Steps(IEnumerable<HistoryItem> items)
    {
        List<BranchStep> steps = [];
        List<(HistoryItem Item, BranchStep Step)> calls = [];
        foreach (var item in items)
        {
            var isBranch = item.Source is "stock" or "payment";
            if (steps.Count == 0 || (isBranch && (Answers.ContainsKey(item.Cause) || !Unfinished.Contains(item.From))))
                steps.Add(new BranchStep(item));
            else if (isBranch)
                steps[^1].Last = item;
            if (item.Source == "gateway")
                calls.Add((item, steps[^1]));
            else if (item.Source == "webhook")
                steps[^1].Webhooks.Add(item);
        }

        foreach (var operation in calls.GroupBy(call => call.Item.Subject))
            foreach (var (begun, ended) in operation.Zip(operation.Select(call => (HistoryItem?)call.Item).Skip(1).Append(null)))
                if (Unfinished.Contains(begun.Item.To) || (begun.Item.To == NotSent && ended is not null))
                    begun.Step.Attempts.Add((begun.Item, ended));
        if (steps.Count > 0)
            steps[^1].IsOpen = Unfinished.Contains(steps[^1].Last.To);
        return steps;
    }

    /// <summary>The stage that sent the step's command. Of several the last one that began before the step.</summary>
    Stage? StageOf(BranchStep step)
    {
        var senders = stages.FindAll(stage => stage.Commands.Contains(step.First.Cause));
        return senders.FindLast(stage => stage.First.At <= step.First.At) ?? senders.FirstOrDefault();
    }

    TraceSpan StepSpan(BranchStep step, bool critical, string? note)
    {
        var attempts = step.Attempts.Select(attempt => AttemptSpan(attempt.Begun, attempt.Ended) with { Critical = critical });
        return Span(step.First.Cause, step.First.Source, step.First.At, step.IsOpen ? null : step.Last.At, step.Last.To) with
        {
            Critical = critical,
            Detail = step.Last.Detail,
            Note = note,
            Children = [.. attempts.Concat(step.Webhooks.Select(EventSpan)).OrderBy(span => span.StartMs)],
        };
    }

    /// <summary>An attempt at the gateway lasts from one change of its operation's state to the next.</summary>
    TraceSpan AttemptSpan(HistoryItem begun, HistoryItem? ended)
    {
        var detail = ended is null ? begun.Detail : ended.Detail is null ? ended.Cause : $"{ended.Cause}: {ended.Detail}";
        var operation = begun.Subject[(begun.Subject.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return Span(operation, begun.Source, begun.At, ended?.At, (ended ?? begun).To) with { Detail = detail };
    }

    /// <summary>
    /// A command is handled after it was sent and before its answer is. If the times say otherwise, two clocks differ. A second step for the
    /// same command comes from a repetition, which may be handled after the answer.
    /// </summary>
    string? ClockNote(Stage stage, List<BranchStep> own, BranchStep step)
    {
        if (step != own.Find(one => one.First.Cause == step.First.Cause))
            return null;
        var behind = stage.First.At - step.First.At;
        var ahead = step.First.At - (stage.AnswerTo(step.First.Cause)?.At ?? now);
        return behind > ClockTolerance ? $"clocks differ: at least {behind.TotalSeconds:F3} s behind Orders"
            : ahead > ClockTolerance ? $"clocks differ: at least {ahead.TotalSeconds:F3} s ahead of Orders" : null;
    }

    TraceSpan EventSpan(HistoryItem item) => Span($"{item.Subject}: {item.Cause}", item.Source, item.At, item.At, item.To) with { Detail = item.Detail };

    TraceSpan Span(string name, string source, DateTime start, DateTime? end, string result) =>
        new(name, ServiceOf(source), Milliseconds(start - placedAt), Milliseconds((end ?? now) - start), end is null, false, result, null, null, []);

    static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    static string ServiceOf(string source) => source switch
    {
        "stock" => "Inventory",
        "payment" or "webhook" => "Payments",
        "gateway" => "Gateway",
        "case" or "repair" => "Reconciler",
        "operator" => "Operator",
        _ => "Orders",
    };

    /// <summary>A row of the saga that sends commands, begins a review or ends the order, with the rows until the next of this kind.</summary>
    sealed class Stage(List<HistoryItem> rows, HistoryItem? next)
    {
        public HistoryItem First { get; } = rows[0];
        public List<HistoryItem> Inner { get; } = rows.GetRange(1, rows.Count - 1);
        public HistoryItem? Next { get; } = next;
        public List<string> Commands { get; } = CommandsOf(rows[0].To);
        public DateTime? End => Next is not null ? Next.At : OrderLifecycle.Of(First.To).IsFinal ? First.At : null;

        public HistoryItem? AnswerTo(string command) =>
            Inner.Append(Next).FirstOrDefault(row => row is not null && Answers[command].Contains(row.Cause));
    }

    /// <summary>What a participant did for one command, or later without one.</summary>
    sealed class BranchStep(HistoryItem first)
    {
        public HistoryItem First { get; } = first;
        public HistoryItem Last { get; set; } = first;
        public bool IsOpen { get; set; }
        public List<(HistoryItem Begun, HistoryItem? Ended)> Attempts { get; } = [];
        public List<HistoryItem> Webhooks { get; } = [];
    }
}
