using Orders.Model;

namespace Reconciler.Job;

/// <summary>Which actions fit a case, from what the ledgers say now. Pure: the preview and the action itself ask the same.</summary>
static class CaseRule
{
    public const string Assign = "assign";
    public const string Retry = "retry";
    public const string Compensate = "cancel-and-compensate";
    public const string Solve = "solve";
    public const string Accept = "accept";

    public static IReadOnlyList<string> Actions { get; } = [Assign, Retry, Compensate, Accept, Solve];

    /// <summary>The commands that the action sends, or why it is refused.</summary>
    public static (IReadOnlyList<Remedy> Commands, string? Refused) Fits(string action, CaseRow row, Story? now, bool same)
    {
        if (row.Status == CaseStatus.Solved)
            return ([], "The case is solved.");
        if (action == Accept)
            return ([], NotAcceptable(row));
        if (row.Class == ReviewCases.Class)
            return OfReview(action, now);
        return action switch
        {
            Retry => (Again(row), WhyNot(row, same) ?? (row.Remedy.IsRepair() ? null : NoCommand)),
            Compensate => (Undo, WhyNot(row, same) ?? Unsafe(now)),
            _ => ([], null),
        };
    }

    /// <summary>The order is its saga's: a person's decision goes there.</summary>
    static (IReadOnlyList<Remedy> Commands, string? Refused) OfReview(string action, Story? now) => action switch
    {
        Retry or Compensate when now is not { Order.State: States.NeedsReview } => ([], "The order is in review no more."),
        Retry => ([Remedy.RetryOrder], null),
        Compensate when now is { Sold: true, Paid: true } => ([], "The goods are sold: retry, and the order is completed; then arrange a return."),
        Compensate => ([Remedy.AbandonOrder], null),
        Solve when now is { Order.State: States.NeedsReview } =>
            ([], "The order is in review: retry it, or cancel and compensate. The case is solved when the order has ended."),
        _ => ([], null),
    };

    /// <summary>Accepted is a difference between books, with its amounts.</summary>
    static string? NotAcceptable(CaseRow row) => row switch
    {
        { Class: ReviewCases.Class } => "An order in review must end: retry, or cancel and compensate.",
        { Class: Compensator.BudgetClass or Classes.TooManyFindings } => "The case is about a run and not about a difference: look at its cause, and solve it.",
        { Fingerprint: null } => "The case is of an older version: solve it, and accept the one that the next run opens.",
        _ => null,
    };

    const string NoCommand = "The policy of its class has no command: decide, act at the source, and solve the case.";

    static readonly IReadOnlyList<Remedy> Undo = [Remedy.CancelPayment, Remedy.CancelStock];

    static IReadOnlyList<Remedy> Again(CaseRow row) => row.Remedy.IsRepair() ? [row.Remedy] : [];

    static string? WhyNot(CaseRow row, bool same) => row.OrderId is null ? "The case is about no order."
        : same ? null
        : "The ledgers agree now: nothing is to be sent. Solve the case.";

    /// <summary>An order that still moves is its saga's; one that is completed has its goods sold.</summary>
    static string? Unsafe(Story? now) => now switch
    {
        { Order: { State: not States.Cancelled } order } =>
            $"The order is {order.State}: only what a cancelled order, or none, still holds is let go here. Cancel the order, or arrange a return.",
        { Order: null, Stock.State: "Confirmed" } => "The goods are sold: this needs a return.",
        _ => null,
    };
}
