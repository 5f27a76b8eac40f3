using System.Text.Json.Nodes;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>A case in a list.</summary>
/// <param name="Id">The case.</param>
/// <param name="Status">Open, Assigned, InProgress or Solved.</param>
/// <param name="Class">What kind of discrepancy.</param>
/// <param name="Severity">Low, Medium, High or Critical.</param>
/// <param name="OrderId">Whose it is, if it is about an order.</param>
/// <param name="Subject">What it is about beside the order.</param>
/// <param name="Rule">What must hold.</param>
/// <param name="Reason">Why a person must look.</param>
/// <param name="Amount">Minor units at stake.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Assignee">Who works on it.</param>
/// <param name="RunId">The run that opened it; null: assurance did.</param>
/// <param name="OpenedAt">UTC.</param>
/// <param name="DueAt">UTC; by when somebody should have decided.</param>
/// <param name="SolvedAt">UTC.</param>
sealed record CaseView(
    Guid Id, string Status, string Class, string Severity, Guid? OrderId, string? Subject, string Rule, string Reason, long Amount, string? Currency,
    string? Assignee, Guid? RunId, DateTime OpenedAt, DateTime? DueAt, DateTime? SolvedAt)
{
    public static CaseView Of(CaseRow row) => new(
        row.Id, row.Status.ToString(), row.Class, row.Severity.ToString(), row.OrderId, row.Subject, row.Rule, row.Reason, row.Amount, row.Currency,
        row.Assignee, row.OpenedByRun, row.OpenedAt, row.DueAt, row.SolvedAt);
}

/// <summary>A case with all that is known of it.</summary>
/// <param name="Case">As in the list.</param>
/// <param name="Evidence">What each ledger said when it was opened.</param>
/// <param name="History">Every change, the oldest first.</param>
sealed record CaseDetails(CaseView Case, JsonNode? Evidence, IReadOnlyList<CaseChange> History);

/// <param name="At">UTC.</param>
/// <param name="From">Status before.</param>
/// <param name="To">Status after.</param>
/// <param name="Cause">The action, and whose it was.</param>
/// <param name="Detail">The reason that was given.</param>
sealed record CaseChange(DateTime At, string From, string To, string Cause, string? Detail)
{
    public static CaseChange Of(AuditRow row) => new(row.At, row.From, row.To, row.Cause, row.Detail);
}

/// <summary>What the ledgers say now, and what each action would do.</summary>
/// <param name="Case">The case.</param>
/// <param name="StillThere">The rules find the same discrepancy now; null when the case is not about an order.</param>
/// <param name="Story">The order in all ledgers, now.</param>
/// <param name="Actions">What can be done.</param>
sealed record CasePreview(CaseView Case, bool? StillThere, JsonNode? Story, IReadOnlyList<ActionPreview> Actions);

/// <param name="Action">The last part of its address.</param>
/// <param name="Commands">What it would send to the participants.</param>
/// <param name="Refused">Why it would be refused now; null: it would not.</param>
sealed record ActionPreview(string Action, IReadOnlyList<string> Commands, string? Refused);

/// <param name="Reason">Why; kept in the audit.</param>
sealed record CaseReason(string? Reason);

/// <param name="Assignee">Who is to work on it.</param>
/// <param name="Reason">Why; kept in the audit.</param>
sealed record CaseAssignment(string? Assignee, string? Reason);
