namespace Reconciler.Job;

/// <summary>The whole report, as JSON; HTML and CSV show the same.</summary>
/// <param name="Run">The run.</param>
/// <param name="Verdict">The result in one sentence.</param>
/// <param name="Classes">Findings by class, most severe first.</param>
/// <param name="Repairs">Repairs, oldest first.</param>
/// <param name="OpenCases">Open cases now, newest first, a bounded number.</param>
/// <param name="OpenCaseCount">Number of open cases now.</param>
/// <param name="Conservation">The sums; only of a finished full run.</param>
sealed record RunReport(
    RunView Run, string Verdict, IReadOnlyList<ClassReport> Classes, IReadOnlyList<RepairView> Repairs, IReadOnlyList<CaseView> OpenCases, int OpenCaseCount,
    ConservationReport? Conservation)
{
    public int Findings => Classes.Sum(one => one.Count);

    /// <summary>Findings accepted earlier by an operator.</summary>
    public int Accepted => Classes.Sum(one => one.Outcomes.GetValueOrDefault(nameof(FindingOutcome.Accepted)));

    /// <summary>Findings that are not accepted.</summary>
    public int Differences => Findings - Accepted;

    public bool AllRepaired => RepairedCount == Repairs.Count;
    public int RepairedCount => Repairs.Count(repair => repair.State == nameof(RepairState.Repaired));
}

/// <summary>The findings of one class.</summary>
/// <param name="Class">The class.</param>
/// <param name="Severity">The highest severity.</param>
/// <param name="Rule">The broken rule.</param>
/// <param name="Remedy">What its rule does about it.</param>
/// <param name="Count">Number of findings.</param>
/// <param name="Outcomes">Number of findings by outcome.</param>
/// <param name="Amounts">Amount at stake by currency, minor units.</param>
/// <param name="Findings">A bounded number of findings; the CSV has all.</param>
sealed record ClassReport(
    string Class, string Severity, string Rule, string Remedy, int Count, IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyDictionary<string, long> Amounts, IReadOnlyList<FindingView> Findings);

/// <summary>A repair.</summary>
/// <param name="Id">The repair.</param>
/// <param name="OrderId">The repaired order.</param>
/// <param name="Class">Class of the finding.</param>
/// <param name="Command">The command sent.</param>
/// <param name="State">State of the repair, see <see cref="RepairState"/>.</param>
/// <param name="SentAt">UTC.</param>
/// <param name="CheckedAt">UTC; when its effect was verified.</param>
/// <param name="Before">The order in all ledgers right before.</param>
/// <param name="After">The order once the ledgers agreed.</param>
sealed record RepairView(
    Guid Id, Guid OrderId, string Class, string Command, string State, DateTime SentAt, DateTime? CheckedAt, System.Text.Json.Nodes.JsonNode? Before,
    System.Text.Json.Nodes.JsonNode? After)
{
    public static RepairView Of(Repair row) => new(
        row.Id, row.OrderId, row.Class, row.Remedy.ToString(), row.State.ToString(), row.SentAt, row.CheckedAt,
        System.Text.Json.Nodes.JsonNode.Parse(row.Before), row.After is null ? null : System.Text.Json.Nodes.JsonNode.Parse(row.After));
}
