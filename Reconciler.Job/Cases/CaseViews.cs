using System.Text.Json.Nodes;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>A case in a list.</summary>
/// <param name="Id">The case.</param>
/// <param name="Status">Open, Assigned, InProgress or Resolved.</param>
/// <param name="Class">Class of the difference.</param>
/// <param name="Severity">Low, Medium, High or Critical.</param>
/// <param name="OrderId">Its order, if any.</param>
/// <param name="Subject">Its sku, file or settlement row, if any.</param>
/// <param name="Rule">The rule that is broken.</param>
/// <param name="Reason">Why an operator must decide.</param>
/// <param name="Amount">Minor units at stake.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Assignee">The operator who works on it.</param>
/// <param name="RunId">The run that opened it; null: opened for an order in review.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="DueAt">UTC; deadline for a decision.</param>
/// <param name="ResolvedAt">UTC.</param>
sealed record CaseView(
    Guid Id, string Status, string Class, string Severity, Guid? OrderId, string? Subject, string Rule, string Reason, long Amount, string? Currency,
    string? Assignee, Guid? RunId, DateTime OpenedAt, DateTime? DueAt, DateTime? ResolvedAt)
{
    public static CaseView Of(CaseRow row) => new(
        row.Id, row.Status.ToString(), row.Class, row.Severity.ToString(), row.OrderId, row.Subject, row.Rule, row.Reason, row.Amount, row.Currency,
        row.Assignee, row.OpenedByRun, row.OpenedAt, row.DueAt, row.ResolvedAt);
}

/// <summary>A case with its evidence and history.</summary>
/// <param name="Case">The fields shown in the list.</param>
/// <param name="Evidence">What each ledger said when it was opened.</param>
/// <param name="History">Every change, oldest first.</param>
sealed record CaseDetails(CaseView Case, JsonNode? Evidence, IReadOnlyList<CaseChange> History);

/// <param name="At">UTC.</param>
/// <param name="From">Status before.</param>
/// <param name="To">Status after.</param>
/// <param name="Cause">The action and who took it.</param>
/// <param name="Detail">The given reason.</param>
sealed record CaseChange(DateTime At, string From, string To, string Cause, string? Detail)
{
    public static CaseChange Of(AuditRow row) => new(row.At, row.From, row.To, row.Cause, row.Detail);
}

/// <summary>The ledgers now, and what each action would do.</summary>
/// <param name="Case">The case.</param>
/// <param name="StillThere">True if the rules find the same difference now; null if the case has no order.</param>
/// <param name="Snapshot">The order in all ledgers now.</param>
/// <param name="Actions">The actions.</param>
sealed record CasePreview(CaseView Case, bool? StillThere, JsonNode? Snapshot, IReadOnlyList<ActionPreview> Actions);

/// <param name="Action">Last part of its path.</param>
/// <param name="Commands">Commands that it would send to the participants.</param>
/// <param name="Refused">Why it would be refused now; null if it is possible.</param>
sealed record ActionPreview(string Action, IReadOnlyList<string> Commands, string? Refused);

/// <param name="Assignee">The operator who will work on it.</param>
/// <param name="Reason">The reason; stored in the audit.</param>
sealed record CaseAssignment(string? Assignee, string? Reason);
