namespace Reconciler.Job;

/// <summary>A run as operators see it.</summary>
/// <param name="Id">The run.</param>
/// <param name="Kind">full, rolling or order.</param>
/// <param name="State">Importing, Merging, Compensating, Reporting, Completed, Failed or NotJudged.</param>
/// <param name="Day">The settlement day.</param>
/// <param name="OrderId">Of a run over one order.</param>
/// <param name="DryRun">It repairs nothing and opens no case.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="Since">UTC; a rolling run looks at what changed then or later.</param>
/// <param name="Until">UTC; what changed later was in flight and left out.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; absent while it is under way.</param>
/// <param name="Seconds">How long it took, or has taken so far.</param>
/// <param name="Counts">What it did.</param>
/// <param name="Resumed">How often another process took it over.</param>
/// <param name="Error">Why it failed, or judged nothing.</param>
sealed record RunView(
    Guid Id, string Kind, string State, DateOnly Day, Guid? OrderId, bool DryRun, string RequestedBy, DateTime? Since, DateTime Until, DateTime StartedAt,
    DateTime? FinishedAt, double Seconds, RunCounts Counts, int Resumed, string? Error)
{
    public static RunView Of(ReconciliationRun run, DateTime now) => new(
        run.Id, run.Kind.ToString().ToLowerInvariant(), run.State.ToString(), run.Day, run.OrderId, run.DryRun, run.RequestedBy, run.Since, run.Until,
        run.CreatedAt, run.FinishedAt, Math.Round(((run.FinishedAt ?? now) - run.CreatedAt).TotalSeconds, 3),
        new RunCounts(run.Orders, run.OrdersExpected, run.Found, run.Known, run.Repaired, run.Cases), run.Resumed, run.Error);
}

/// <param name="Orders">Orders compared.</param>
/// <param name="OrdersExpected">About how many there are to compare; 0: not known.</param>
/// <param name="Found">New discrepancies.</param>
/// <param name="Known">Discrepancies that an open case tells already.</param>
/// <param name="Repaired">Repairs sent.</param>
/// <param name="Cases">Cases opened.</param>
sealed record RunCounts(long Orders, long OrdersExpected, int Found, int Known, int Repaired, int Cases);

/// <summary>A finding as operators see it.</summary>
/// <param name="Id">The finding.</param>
/// <param name="Class">What kind of discrepancy.</param>
/// <param name="Severity">Low, Medium, High or Critical.</param>
/// <param name="OrderId">Whose it is, if it is about an order.</param>
/// <param name="Subject">What it is about beside the order.</param>
/// <param name="Rule">What must hold.</param>
/// <param name="Evidence">What each ledger says.</param>
/// <param name="Remedy">The policy of its class.</param>
/// <param name="Amount">Minor units at stake.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Note">Why, where that is not plain.</param>
/// <param name="CaseId">The case that tells it.</param>
/// <param name="FoundAt">UTC.</param>
sealed record FindingView(
    Guid Id, string Class, string Severity, Guid? OrderId, string? Subject, string Rule, System.Text.Json.Nodes.JsonNode? Evidence, string Remedy, long Amount,
    string? Currency, string Outcome, string? Note, Guid? CaseId, DateTime FoundAt)
{
    public static FindingView Of(FindingRow row) => new(
        row.Id, row.Class, row.Severity.ToString(), row.OrderId, row.Subject, row.Rule, System.Text.Json.Nodes.JsonNode.Parse(row.Evidence),
        row.Remedy.ToString(), row.Amount, row.Currency, row.Outcome.ToString(), row.Note, row.CaseId, row.At);
}
