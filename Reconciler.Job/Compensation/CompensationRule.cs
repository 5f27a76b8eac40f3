namespace Reconciler.Job;

/// <summary>Decision about one finding.</summary>
abstract record Decision
{
    /// <summary>No command and no case.</summary>
    public sealed record Leave(FindingOutcome Outcome, string? Note = null) : Decision;

    /// <summary>Opens a case for an operator.</summary>
    public sealed record Open(string Reason) : Decision;

    /// <summary>Sends the remedy's command, if the ledgers still agree with the finding.</summary>
    public sealed record Send : Decision;
}

/// <summary>Decides what to do about a finding: first by the finding alone, then with a second reading of the ledgers. Pure.</summary>
static class CompensationRule
{
    /// <param name="finding">The finding.</param>
    /// <param name="run">The run.</param>
    /// <param name="known">Its open case, if any.</param>
    /// <param name="earlier">The last repair sent for it without a visible effect.</param>
    /// <param name="budget">Whether the run may still repair it.</param>
    /// <param name="flood">Its class exceeds the maximum number of findings.</param>
    public static Decision Decide(
        FindingRow finding, ReconciliationRun run, CaseRow? known, Repair? earlier, Allowance budget, bool flood = false) => finding switch
    {
        _ when known is not null => new Decision.Leave(FindingOutcome.CaseKnown),
        _ when flood => new Decision.Leave(FindingOutcome.OverLimit, "one case covers all findings of its class"),
        _ when earlier is not null && earlier.SentAt > run.Until => new Decision.Leave(FindingOutcome.InProgress, "its repair was just sent"),
        _ when run.DryRun => new Decision.Leave(
            finding.Remedy == Remedy.Case || earlier is not null ? FindingOutcome.WouldOpenCase : FindingOutcome.WouldRepair),
        { Remedy: Remedy.Case } => new Decision.Open("an operator must decide findings of this rule"),
        { OrderId: null } => new Decision.Open("it has no order"),
        _ when earlier is not null => new Decision.Open($"{earlier.Remedy} was sent at {earlier.SentAt:yyyy-MM-dd HH:mm:ss} UTC and did not help"),
        _ when budget == Allowance.Off => new Decision.Open("repairs are off (Reconciliation:MaxRepairs is 0)"),
        _ when budget == Allowance.TooLarge => new Decision.Open("its amount is more than one run may move (Reconciliation:MaxRepairAmount)"),
        _ when budget == Allowance.Spent => new Decision.Leave(FindingOutcome.OverBudget, "the run's repair budget is used up"),
        _ => new Decision.Send(),
    };

    /// <summary>
    /// Drops the decision if the order has changed since the run's limit. Opens a case instead of repairing an order that is not final.
    /// </summary>
    /// <param name="decision">Decision on the finding alone.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="now">The order in all ledgers, just read.</param>
    /// <param name="same">The rules find the same difference.</param>
    /// <param name="until">Later changes were in flight; null if the run's own repairs caused them.</param>
    public static Decision Reconsider(Decision decision, FindingRow finding, OrderSnapshot now, bool same, DateTime? until) => decision switch
    {
        Decision.Leave => decision,
        _ when LastChange(now) > until => new Decision.Leave(FindingOutcome.Gone, "the order changed meanwhile; the next run compares it again"),
        _ when !same => new Decision.Leave(FindingOutcome.Gone, "the ledgers agree now"),
        Decision.Send when now is { IsInProgress: true, Order: { } order } =>
            new Decision.Open($"the order is {order.State}: {finding.Remedy} could conflict with its saga's next step"),
        _ => decision,
    };

    /// <summary>Time of the last change in our ledgers.</summary>
    static DateTime LastChange(OrderSnapshot snapshot) =>
        new[] { snapshot.Order?.UpdatedAt, snapshot.Stock?.UpdatedAt, snapshot.Payment?.UpdatedAt }.Max() ?? DateTime.MinValue;
}
