namespace Reconciler.Job;

/// <summary>A run in API answers.</summary>
/// <param name="Id">The run.</param>
/// <param name="Kind">full, rolling or order.</param>
/// <param name="State">Importing, Merging, Compensating, Reporting, Completed, Failed or NotJudged.</param>
/// <param name="Day">The settlement day.</param>
/// <param name="OrderId">The order of a run over one order.</param>
/// <param name="DryRun">No repairs and no cases.</param>
/// <param name="RequestedBy">Key, schedule or command line that requested it.</param>
/// <param name="Since">UTC; a rolling run compares orders changed then or later.</param>
/// <param name="Until">UTC; later changes were in flight and left out.</param>
/// <param name="StartedAt">UTC.</param>
/// <param name="FinishedAt">UTC; absent while in progress.</param>
/// <param name="Seconds">Duration so far.</param>
/// <param name="Counts">Results.</param>
/// <param name="Resumed">How often another process took it over.</param>
/// <param name="Error">Why it failed or judged nothing.</param>
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
/// <param name="OrdersExpected">Estimated number of orders; 0: unknown.</param>
/// <param name="Found">New differences.</param>
/// <param name="Known">Discrepancies with an open case.</param>
/// <param name="Repaired">Repairs sent.</param>
/// <param name="Cases">Cases opened.</param>
sealed record RunCounts(long Orders, long OrdersExpected, int Found, int Known, int Repaired, int Cases);

/// <summary>A finding in API answers.</summary>
/// <param name="Id">The finding.</param>
/// <param name="Class">Class of the difference.</param>
/// <param name="Severity">Low, Medium, High or Critical.</param>
/// <param name="OrderId">Its order, if any.</param>
/// <param name="Subject">Its sku, file or settlement row, if any.</param>
/// <param name="Rule">The broken rule.</param>
/// <param name="Evidence">What each ledger says.</param>
/// <param name="Remedy">What reconciliation does about it: a command, or Case.</param>
/// <param name="Amount">Minor units at stake.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Outcome">Outcome of the finding.</param>
/// <param name="Note">Reason of the outcome, if not obvious.</param>
/// <param name="CaseId">Its case, if any.</param>
/// <param name="FoundAt">UTC.</param>
sealed record FindingView(
    Guid Id, string Class, string Severity, Guid? OrderId, string? Subject, string Rule, System.Text.Json.Nodes.JsonNode? Evidence, string Remedy, long Amount,
    string? Currency, string Outcome, string? Note, Guid? CaseId, DateTime FoundAt)
{
    public static FindingView Of(FindingRow row) => new(
        row.Id, row.Class, row.Severity.ToString(), row.OrderId, row.Subject, row.Rule, System.Text.Json.Nodes.JsonNode.Parse(row.Evidence),
        row.Remedy.ToString(), row.Amount, row.Currency, row.Outcome.ToString(), row.Note, row.CaseId, row.At);
}
