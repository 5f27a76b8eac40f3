using System.Text.Json.Nodes;

namespace Reconciler.Job;

/// <summary>The sent repairs and their effects.</summary>
static class RepairSection
{
    static readonly string[] LedgerNames = ["order", "stock", "payment"];

    public static Html Of(RunReport report) => Html.If(report.Repairs.Count > 0, () => Html.Of($"""
        <h2>Repairs</h2>
        <section class="card"><table>
        <thead><tr><th>order</th><th>for</th><th>command</th><th>before</th><th>after</th><th>effect</th></tr></thead>
        <tbody>{report.Repairs.Select(Row)}</tbody>
        </table></section>
        """));

    static Html Row(RepairView repair) => Html.Of($"""
        <tr><td><code>{repair.OrderId}</code></td><td>{repair.Class}</td><td>{repair.Command}</td><td>{States(repair.Before)}</td>
        <td>{(repair.After is null ? "" : States(repair.After))}</td><td>{Effect(repair.State)}</td></tr>
        """);

    static Html Effect(string state) => state switch
    {
        nameof(RepairState.Repaired) => Html.Of($"<span class=\"tag good\">repaired</span>"),
        nameof(RepairState.Failed) => Html.Of($"<span class=\"tag bad\">did not help</span>"),
        _ => Html.Of($"<span class=\"tag warn\">sent</span>"),
    };

    /// <summary>The three states on one line: "order Cancelled, stock Tried, payment none".</summary>
    static string States(JsonNode? snapshot) => string.Join(", ",
        LedgerNames.Select(ledger => $"{ledger} {(string?)snapshot?[ledger]?["state"] ?? "none"}"));
}

/// <summary>The open cases.</summary>
static class CaseSection
{
    public static Html Of(RunReport report) => Html.If(report.OpenCaseCount > 0, () => Html.Of($"""
        <h2>Open cases</h2>
        <section class="card"><table>
        <thead><tr><th>case</th><th>class</th><th>order</th><th>reason</th><th>assignee</th><th>opened</th><th class="n">at stake</th></tr></thead>
        <tbody>{report.OpenCases.Select(Row)}</tbody>
        </table>{Html.If(report.OpenCases.Count < report.OpenCaseCount, () =>
            Html.Of($"<p class=\"soft\">and {Amounts.Count(report.OpenCaseCount - report.OpenCases.Count)} older cases: GET /cases.</p>"))}</section>
        """));

    static Html Row(CaseView open) => Html.Of($"""
        <tr><td><code>{open.Id}</code></td><td>{open.Class}<br>{FindingSection.SeverityTag(open.Severity)}</td>
        <td><code>{open.OrderId?.ToString() ?? open.Subject ?? "–"}</code></td>
        <td>{open.Reason}</td><td>{open.Assignee ?? "none"}</td><td>{open.OpenedAt:yyyy-MM-dd}</td>
        <td class="n">{(open.Currency is null ? "" : Amounts.Money(open.Amount, open.Currency))}</td></tr>
        """);
}
