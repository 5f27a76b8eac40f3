namespace Reconciler.Job;

/// <summary>The result in a sentence or two: what agrees, and what was not compared.</summary>
static class Verdict
{
    public static string Of(RunReport report) => report.Run.State is nameof(RunState.Failed) or nameof(RunState.NotJudged) || report.Run.FinishedAt is null
        ? Found(report)
        : string.Join(' ', new[] { Found(report), Unsettled(report.Conservation), Accepted(report) }.Where(text => text.Length > 0));

    static string Found(RunReport report) => report switch
    {
        { Run.State: nameof(RunState.Failed) } => "The run failed: no result.",
        { Run.State: nameof(RunState.NotJudged) } => "Not judged: a replica is too far behind its primary.",
        { Run.FinishedAt: null } => "The run is in progress: these are the findings so far.",
        { Differences: 0, Conservation.Conserved: false } => "Every order agrees in all ledgers, but the sums drift.",
        { Differences: 0, Conservation.SettlementCompared: false } => "Orders, stock and payments agree. Settlement is not compared: no file has arrived and "
            + "none is expected (Settlements:LateAfterHours is 0).",
        { Differences: 0, Conservation: null } => "Every compared order agrees in all ledgers.",
        { Differences: 0 } => "Orders, stock, payments and settlement agree.",
        { Run.DryRun: true } => $"{Count(report.Differences)} found; a dry run changes nothing.",
        { Run.Counts.Found: 0 } => "Nothing new: every difference is an open case.",
        _ when report.RepairedCount == report.Differences => $"{Count(report.Differences)} found and repaired.",
        _ => $"{Count(report.Differences)} found: {report.RepairedCount} repaired, "
            + $"{report.OpenCaseCount} open {(report.OpenCaseCount == 1 ? "case" : "cases")}.",
    };

    static string Unsettled(ConservationReport? sums) => sums?.Unsettled is not { Count: > 0 } unsettled ? ""
        : $"Not settled yet: {string.Join(", ", unsettled.Select(Describe))}.";

    static string Describe(Unsettled one) =>
        $"{Amounts.Money(one.Amount, one.Currency)} in {Amounts.Count(one.Count)} {(one.Count == 1 ? "payment" : "payments")} since {one.Oldest:yyyy-MM-dd}";

    static string Accepted(RunReport report) => report.Accepted == 0 ? "" : $"{Amounts.Count(report.Accepted)} accepted earlier.";

    static string Count(int count) => count == 1 ? "One difference was" : $"{Amounts.Count(count)} differences were";
}
