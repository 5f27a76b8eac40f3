
namespace Reconciler.Job;

/// <summary>The findings by class, each with the order in all ledgers.</summary>
static class FindingSection
{
    public static Html Of(RunReport report) => Html.If(report.Classes.Count > 0, () => Html.Of($"<h2>Findings</h2>{report.Classes.Select(Class)}"));

    static Html Class(ClassReport one) => Html.Of($"""
        <section class="card class" style="--mark: {Mark(one.Severity)}">
        <div class="head"><h3>{one.Class}</h3><span>{SeverityTag(one.Severity)} <b>{Amounts.Count(one.Count)}</b>{one.Amounts.Select(AtStake)}</span></div>
        <p class="soft" style="margin: 4px 0 0">{one.Rule} Policy: {Policy(one.Remedy)}.</p>
        {one.Findings.Select(Finding)}
        {Html.If(one.Findings.Count < one.Count, () => Html.Of($"<p class=\"soft\">and {Amounts.Count(one.Count - one.Findings.Count)} more in the CSV.</p>"))}
        </section>
        """);

    static Html AtStake(KeyValuePair<string, long> sum) => Html.Of($" <span class=\"soft\">· {Amounts.Money(sum.Value, sum.Key)}</span>");

    static Html Finding(FindingView finding) => Html.Of($"""
        <div class="finding">
        <div class="head"><code>{finding.OrderId?.ToString() ?? finding.Subject}</code>
        {Html.If(finding is { OrderId: not null, Subject: not null }, () => Html.Of($"<code class=\"soft\">{finding.Subject}</code>"))}
        {OutcomeTag(finding.Outcome)}
        {Html.If(finding.Note is not null, () => Html.Of($"<span class=\"soft\">{finding.Note}</span>"))}
        {Html.If(finding.Currency is not null, () => Html.Of($"<span class=\"amount\">{Amounts.Money(finding.Amount, finding.Currency)}</span>"))}</div>
        {SnapshotGrid.Of(finding.Evidence)}
        </div>
        """);

    public static Html SeverityTag(string severity) => Html.Of($"<span class=\"tag {CssClass(severity)}\">{severity}</span>");

    static string CssClass(string severity) => severity is "High" or "Critical" ? "bad" : severity == "Medium" ? "warn" : "soft";

    static Html OutcomeTag(string outcome)
    {
        var (style, texts) = EnumNames.Parse<FindingOutcome>(outcome) switch
        {
            FindingOutcome.Repaired => ("good", "repaired"),
            FindingOutcome.CaseOpened => ("bad", "case opened"),
            FindingOutcome.CaseKnown => ("soft", "open case"),
            FindingOutcome.InProgress => ("soft", "repair in progress"),
            FindingOutcome.Gone => ("soft", "gone"),
            FindingOutcome.WouldRepair => ("warn", "would repair"),
            FindingOutcome.WouldOpenCase => ("warn", "would open a case"),
            FindingOutcome.OverBudget => ("warn", "over budget"),
            FindingOutcome.OverLimit => ("warn", "one of too many"),
            FindingOutcome.Accepted => ("soft", "accepted"),
            _ => ("soft", "undecided"),
        };
        return Html.Of($"<span class=\"tag {style}\">{texts}</span>");
    }

    static string Policy(string remedy) => EnumNames.Parse<Remedy>(remedy) switch
    {
        Remedy.Case => "an operator decides",
        Remedy.CancelStock => "the hold is released",
        Remedy.ConfirmStock => "the hold is sold",
        Remedy.CancelPayment => "the payment is voided or refunded",
        Remedy.ConfirmPayment => "the payment is captured",
        var other => other.ToString(),
    };

    static Html Mark(string severity) => new(severity is "High" or "Critical" ? "var(--bad)" : severity == "Medium" ? "var(--warn)" : "var(--calm)");
}
