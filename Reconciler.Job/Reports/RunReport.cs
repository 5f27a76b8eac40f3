namespace Reconciler.Job;

/// <summary>All that a report tells, as JSON; the HTML and the CSV show the same.</summary>
/// <param name="Run">The run.</param>
/// <param name="Verdict">In one sentence.</param>
/// <param name="Classes">Findings by class, the worst first.</param>
/// <param name="Repairs">What was sent, the oldest first.</param>
/// <param name="OpenCases">What a person must look at now, the newest first, a bounded number.</param>
/// <param name="OpenCaseCount">How many cases are open now.</param>
/// <param name="Conservation">The sums; only a full run that has ended has them.</param>
sealed record RunReport(
    RunView Run, string Verdict, IReadOnlyList<ClassReport> Classes, IReadOnlyList<RepairView> Repairs, IReadOnlyList<CaseView> OpenCases, int OpenCaseCount,
    ConservationReport? Conservation)
{
    public int Findings => Classes.Sum(one => one.Count);

    /// <summary>Findings that an operator accepted earlier.</summary>
    public int Accepted => Classes.Sum(one => one.Outcomes.GetValueOrDefault(nameof(FindingOutcome.Accepted)));

    /// <summary>The others.</summary>
    public int Differences => Findings - Accepted;

    public bool AllMended => Mended == Repairs.Count;
    public int Mended => Repairs.Count(repair => repair.State == nameof(RepairState.Mended));
}

/// <summary>The findings of one class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Severity">The worst of them.</param>
/// <param name="Rule">What must hold.</param>
/// <param name="Remedy">The policy.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Outcomes">How many came to which outcome.</param>
/// <param name="Amounts">What is at stake in each currency, minor units.</param>
/// <param name="Findings">One by one, a bounded number of them; the CSV has all.</param>
sealed record ClassReport(
    string Class, string Severity, string Rule, string Remedy, int Count, IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyDictionary<string, long> Amounts, IReadOnlyList<FindingView> Findings);

/// <summary>A repair as operators see it.</summary>
/// <param name="Id">The repair.</param>
/// <param name="OrderId">Whose it is.</param>
/// <param name="Class">What it was sent for.</param>
/// <param name="Command">What was sent.</param>
/// <param name="State">Sent, Mended or Failed.</param>
/// <param name="SentAt">UTC.</param>
/// <param name="CheckedAt">UTC; when its effect was seen, or missed.</param>
/// <param name="Before">The order in all ledgers, right before.</param>
/// <param name="After">The same once the ledgers agreed.</param>
sealed record RepairView(
    Guid Id, Guid OrderId, string Class, string Command, string State, DateTime SentAt, DateTime? CheckedAt, System.Text.Json.Nodes.JsonNode? Before,
    System.Text.Json.Nodes.JsonNode? After)
{
    public static RepairView Of(Repair row) => new(
        row.Id, row.OrderId, row.Class, row.Remedy.ToString(), row.State.ToString(), row.SentAt, row.CheckedAt,
        System.Text.Json.Nodes.JsonNode.Parse(row.Before), row.After is null ? null : System.Text.Json.Nodes.JsonNode.Parse(row.After));
}
