using Orders.Model;

namespace Reconciler.Job;

/// <summary>
/// Decides which actions are possible on a case, from the ledgers' current state. Pure: preview and action use the same rule.
/// </summary>
static class CaseRule
{
    public const string Assign = "assign";
    public const string Retry = "retry";
    public const string Compensate = "cancel-and-compensate";
    public const string Resolve = "resolve";
    public const string Accept = "accept";

    public static IReadOnlyList<string> Actions { get; } = [Assign, Retry, Compensate, Accept, Resolve];

    /// <summary>The commands that the action sends, or why it is refused.</summary>
    public static (IReadOnlyList<Remedy> Commands, string? Refused) Evaluate(string action, CaseRow row, OrderSnapshot? now, bool same)
    {
        if (row.Status == CaseStatus.Resolved)
            return ([], "The case is already resolved.");
        if (action == Accept)
            return ([], NotAcceptable(row));
        if (row.Class == Classes.OrderNeedsReview)
            return OfReview(action, now);
        return action switch
        {
            Retry => (RepeatCommand(row), ReasonAgainst(row, same) ?? (row.Remedy.IsRepair() ? null : NoCommand)),
            Compensate => (UndoCommands, ReasonAgainst(row, same) ?? ReasonUnsafe(now)),
            _ => ([], null),
        };
    }

    /// <summary>A decision about an order goes to its saga.</summary>
    static (IReadOnlyList<Remedy> Commands, string? Refused) OfReview(string action, OrderSnapshot? now) => action switch
    {
        Retry or Compensate when now is not { Order.State: OrderStates.NeedsReview } => ([], "The order is no longer in review."),
        Retry => ([Remedy.RetryOrder], null),
        Compensate when now is { Sold: true, Paid: true } => ([], "The stock is sold: retry to complete the order, then arrange a return."),
        Compensate => ([Remedy.AbandonOrder], null),
        Resolve when now is { Order.State: OrderStates.NeedsReview } =>
            ([], "The order is in review: retry it, or cancel and compensate. The case is resolved when the order is final."),
        Resolve when now is { Order: { State: var state } } && !OrderLifecycle.Of(state).IsFinal =>
            ([], $"The order is {state}. The case is resolved when the order is final."),
        _ => ([], null),
    };

    /// <summary>Only a difference between ledgers, with its amounts, can be accepted.</summary>
    static string? NotAcceptable(CaseRow row) => row switch
    {
        { Class: Classes.OrderNeedsReview } => "An order in review must reach a final state: retry, or cancel and compensate.",
        { Class: Classes.RepairBudgetSpent or Classes.TooManyFindings } =>
            "The case is about a run, not a difference: correct its cause, then resolve the case.",
        { Class: Classes.SwitchKilled } => "The case is about a switch, not a difference: find out why its orders failed, then resolve the case.",
        { Fingerprint: null } => "The case is from an older version: resolve it, and accept the one that the next run opens.",
        _ => null,
    };

    const string NoCommand = "Its rule has no command: decide, correct the source, then resolve the case.";

    static readonly IReadOnlyList<Remedy> UndoCommands = [Remedy.CancelPayment, Remedy.CancelStock];

    static IReadOnlyList<Remedy> RepeatCommand(CaseRow row) => row.Remedy.IsRepair() ? [row.Remedy] : [];

    static string? ReasonAgainst(CaseRow row, bool same) => row.OrderId is null ? "The case has no order."
        : same ? null
        : "The ledgers agree now, so nothing is sent. Resolve the case.";

    /// <summary>The saga owns an order in progress; a completed order's stock is sold.</summary>
    static string? ReasonUnsafe(OrderSnapshot? now) => now switch
    {
        { Order: { State: not OrderStates.Cancelled } order } =>
            $"The order is {order.State}: only holds of cancelled or unknown orders are released here. Cancel the order, or arrange a return.",
        { Order: null, Stock.State: "Confirmed" } => "The stock is sold: arrange a return.",
        _ => null,
    };
}
