namespace Reconciler.Job;

/// <summary>The report as one self-contained HTML page, for finance readers and auditors.</summary>
static class ReportPage
{
    static readonly Html Style = ReadStyle();

    public static Html Of(RunReport report) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Reconciliation {report.Run.Day:yyyy-MM-dd}</title>
        <style>{Style}</style>
        </head>
        <body style="--verdict: {new Html(Colour(report))}">
        <main>
        {Head(report)}
        {Tiles(report)}
        {Html.If(report.Classes.Count > 0, () => Charts.Classes(report))}
        {Html.If(report.Conservation is not null, () => ConservationSection.Of(report.Conservation!))}
        {FindingSection.Of(report)}
        {RepairSection.Of(report)}
        {CaseSection.Of(report)}
        {Foot(report)}
        </main>
        </body>
        </html>
        """);

    static Html ReadStyle()
    {
        using var css = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream("report.css")!);
        return new Html(css.ReadToEnd());
    }

    static string Colour(RunReport report) => report switch
    {
        { Run.State: nameof(RunState.Failed) or nameof(RunState.NotJudged) } or { Conservation.Conserved: false } => "var(--bad)",
        { Differences: 0 } => "var(--good)",
        _ when report.RepairedCount == report.Differences => "var(--good)",
        _ when report.Classes.Any(one => one.Severity is nameof(Severity.High) or nameof(Severity.Critical)) => "var(--bad)",
        _ => "var(--warn)",
    };

    static Html Head(RunReport report) => Html.Of($"""
        <header>
        <p class="eyebrow">Reconciliation of orders, stock, payments and settlement</p>
        <h1>{Title(report.Run)}</h1>
        <p class="verdict">{report.Verdict}</p>
        {Html.If(report.Run.Error is not null, () => Html.Of($"<p class=\"bad\">{report.Run.Error}</p>"))}
        <p>{Kind(report.Run)}, requested by {report.Run.RequestedBy}, started {Amounts.Time(report.Run.StartedAt)} UTC, took
        {Amounts.Duration(TimeSpan.FromSeconds(report.Run.Seconds))}. Compared: all orders last changed by {Amounts.Time(report.Run.Until)} UTC;
        later changes were still in flight. Run <code>{report.Run.Id}</code></p>
        </header>
        """);

    static string Title(RunView run) => run.OrderId is { } order ? $"Order {order}" : $"{run.Day:dddd, d MMMM yyyy}";

    static string Kind(RunView run) => (run.Kind, run.DryRun) switch
    {
        (var kind, true) => $"Dry {kind} run: nothing was changed",
        var (kind, _) => $"{char.ToUpperInvariant(kind[0])}{kind[1..]} run",
    };

    static Html Tiles(RunReport report) => Html.Of($"""
        <section class="tiles">
        {Tile(Amounts.Count(report.Run.Counts.Orders), "orders compared", "")}
        {Tile(Amounts.Count(report.Run.Counts.Found), "new differences", report.Run.Counts.Found == 0 ? "good" : "warn")}
        {Tile($"{Amounts.Count(report.RepairedCount)} of {Amounts.Count(report.Repairs.Count)}", "repairs verified", report.AllRepaired ? "good" : "warn")}
        {Tile(Amounts.Count(report.OpenCaseCount), "open cases", report.OpenCaseCount == 0 ? "good" : "bad")}
        {Drift(report.Conservation)}
        </section>
        """);

    static Html Drift(ConservationReport? sums) => sums switch
    {
        null => Tile("–", "drift: computed by full runs only", "soft"),
        { Conserved: true } => Tile("0", "drift of goods and money", "good"),
        { MoneyDrift.Count: 0 } => Tile(Amounts.Count(sums.StockDrift), "pieces of stock drift, no money drift", "bad"),
        _ => Tile(string.Join(", ", sums.MoneyDrift.Select(drift => Amounts.Money(drift.Value, drift.Key))),
            sums.StockDrift == 0 ? "money drift, no stock drift" : $"money drift and {Amounts.Count(sums.StockDrift)} pieces of stock drift", "bad"),
    };

    static Html Tile(string number, string what, string attempt) =>
        Html.Of($"""<div class="tile"><b class="{attempt}">{number}</b><span>{what}</span></div>""");

    static Html Foot(RunReport report) => Html.Of($"""
        <footer>Amounts are in the currency's major unit; times are UTC. A repair is an idempotent command to the participant that holds the goods or the money:
        sent once, recorded with the ledgers before and after. What is not safe to repair is a case for an operator.
        All findings: <code>/reconciliation/runs/{report.Run.Id}/report?format=csv</code></footer>
        """);
}
