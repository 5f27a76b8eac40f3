using Orders.Model;

namespace Reconciler.Job;

/// <summary>What is to be done about one finding.</summary>
abstract record Decision
{
    /// <summary>Nothing is sent and no case is opened.</summary>
    public sealed record Leave(FindingOutcome Outcome, string? Note = null) : Decision;

    /// <summary>A person must look.</summary>
    public sealed record Open(string Reason) : Decision;

    /// <summary>The remedy's command is sent, if the ledgers still say the same.</summary>
    public sealed record Send : Decision;
}

/// <summary>The policy of compensation, as pure functions: first without, then with another look at the ledgers.</summary>
static class CompensationRule
{
    /// <param name="finding">As the run found it.</param>
    /// <param name="run">The run.</param>
    /// <param name="known">The open case that tells it already.</param>
    /// <param name="earlier">The last repair that was sent for it and whose effect was never seen.</param>
    /// <param name="budget">Whether the run may still repair this one.</param>
    /// <param name="flood">Its class has more findings than a run keeps.</param>
    public static Decision Decide(
        FindingRow finding, ReconciliationRun run, CaseRow? known, Repair? earlier, Allowance budget, bool flood = false) => finding switch
    {
        _ when known is not null => new Decision.Leave(FindingOutcome.CaseKnown),
        _ when flood => new Decision.Leave(FindingOutcome.OverLimit, "one case tells of all findings of its class"),
        { Remedy: Remedy.None } => new Decision.Leave(FindingOutcome.Noted),
        _ when earlier is not null && earlier.SentAt > run.Until => new Decision.Leave(FindingOutcome.UnderWay, "its repair was sent a moment ago"),
        _ when run.DryRun => new Decision.Leave(
            finding.Remedy == Remedy.Case || earlier is not null ? FindingOutcome.WouldOpenCase : FindingOutcome.WouldRepair),
        { Remedy: Remedy.Case } => new Decision.Open("the policy of this class is a person's decision"),
        { OrderId: null } => new Decision.Open("it names no order"),
        _ when earlier is not null => new Decision.Open($"{earlier.Remedy} was sent at {earlier.SentAt:yyyy-MM-dd HH:mm:ss} UTC and did not help"),
        _ when budget == Allowance.Off => new Decision.Open("runs repair nothing here (Reconciliation:MostRepairs is 0)"),
        _ when budget == Allowance.TooLarge => new Decision.Open("its amount is more than one run may move (Reconciliation:MostRepairAmount)"),
        _ when budget == Allowance.Spent => new Decision.Leave(FindingOutcome.OverBudget, "the run's budget for repairs is spent"),
        _ => new Decision.Send(),
    };

    /// <summary>A finding is as old as its run: what moved since, and what still can move, is not touched.</summary>
    /// <param name="decision">As decided on the finding alone.</param>
    /// <param name="finding">As the run found it.</param>
    /// <param name="now">The order in all ledgers, read a moment ago.</param>
    /// <param name="same">The rules find the same.</param>
    /// <param name="until">What moved later than this was in flight; none: the run's own repairs move it.</param>
    public static Decision LookAgain(Decision decision, FindingRow finding, Story now, bool same, DateTime? until) => decision switch
    {
        Decision.Leave => decision,
        _ when Moved(now) > until => new Decision.Leave(FindingOutcome.Gone, "the order moved meanwhile; the next run looks at it again"),
        _ when !same => new Decision.Leave(FindingOutcome.Gone, "the ledgers agree now"),
        Decision.Send when now.Order is { State: not (States.Completed or States.Cancelled) } order =>
            new Decision.Open($"the order is {order.State}: {finding.Remedy} could cross what its saga does next"),
        _ => decision,
    };

    /// <summary>When any of our ledgers changed last.</summary>
    static DateTime Moved(Story story) => new[] { story.Order?.UpdatedAt, story.Stock?.UpdatedAt, story.Payment?.UpdatedAt }.Max() ?? DateTime.MinValue;
}
