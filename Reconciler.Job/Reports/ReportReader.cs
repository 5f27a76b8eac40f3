using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Reconciler.Job;

/// <summary>Gathers a run's report; what it reads at once is bounded, whatever the run found.</summary>
sealed class ReportReader(ReconcilerDb db, ReconciliationSettings settings, TimeProvider clock)
{
    const int MostCases = 200;

    public async Task<RunReport> Read(ReconciliationRun run, CancellationToken cancel)
    {
        var classes = await Classes(run.Id, cancel);
        var repairs = await db.Repairs.AsNoTracking().Where(repair => repair.RunId == run.Id).OrderBy(repair => repair.SentAt)
            .Take(settings.MostRepairs).ToListAsync(cancel);
        var open = db.Cases.AsNoTracking().Where(row => row.OpenKey != null);
        var shown = await open.OrderByDescending(row => row.OpenedAt).ThenByDescending(row => row.Id).Take(MostCases).ToListAsync(cancel);
        var sums = run.Conservation is null ? null : JsonSerializer.Deserialize<ConservationReport>(run.Conservation, JsonSerializerOptions.Web);
        var view = RunView.Of(run, clock.GetUtcNow().UtcDateTime);
        var report = new RunReport(
            view, "", classes, repairs.ConvertAll(RepairView.Of), shown.ConvertAll(CaseView.Of), await open.CountAsync(cancel), sums);
        return report with { Verdict = Verdict.Of(report) };
    }

    /// <summary>All findings, in the order of the report, for the CSV: streamed.</summary>
    public IAsyncEnumerable<FindingRow> All(Guid run) => db.Findings.AsNoTracking().Where(finding => finding.RunId == run)
        .OrderBy(finding => finding.Key).AsAsyncEnumerable();

    async Task<List<ClassReport>> Classes(Guid run, CancellationToken cancel)
    {
        var groups = await db.Findings.Where(finding => finding.RunId == run)
            .GroupBy(finding => new { finding.Class, finding.Severity, finding.Rule, finding.Remedy, finding.Currency, finding.Outcome })
            .Select(all => new { all.Key, Count = all.Count(), Amount = all.Sum(finding => finding.Amount) }).ToListAsync(cancel);
        var reports = new List<ClassReport>();
        foreach (var one in groups.GroupBy(group => group.Key.Class).OrderByDescending(all => all.Max(group => group.Key.Severity)).ThenBy(all => all.Key))
        {
            var (first, name) = (one.First().Key, one.Key);
            var shown = await db.Findings.AsNoTracking().Where(finding => finding.RunId == run && finding.Class == name)
                .OrderByDescending(finding => finding.Amount).ThenBy(finding => finding.Key).Take(settings.ReportRows).ToListAsync(cancel);
            reports.Add(new ClassReport(
                name, one.Max(group => group.Key.Severity).ToString(), first.Rule, first.Remedy.ToString(), one.Sum(group => group.Count),
                one.GroupBy(group => group.Key.Outcome.ToString()).ToDictionary(all => all.Key, all => all.Sum(group => group.Count)),
                one.Where(group => group.Key.Currency != null).GroupBy(group => group.Key.Currency!)
                    .ToDictionary(all => all.Key, all => all.Sum(group => group.Amount)),
                shown.ConvertAll(FindingView.Of)));
        }

        return reports;
    }
}

/// <summary>The report in one sentence.</summary>
static class Verdict
{
    public static string Of(RunReport report) => report switch
    {
        { Run.State: nameof(RunState.Failed) } => "The run failed: nothing is proven.",
        { Run.State: nameof(RunState.NotJudged) } => "Nothing was judged: a replica is too far behind its primary.",
        { Run.FinishedAt: null } => "The run is under way: this is what it has found so far.",
        { Findings: 0, Conservation.Conserved: false } => "Every order agrees in all ledgers, but the sums drift.",
        { Findings: 0 } => "Orders, stock, payments and settlement agree.",
        { Run.DryRun: true } => $"{Differences(report.Findings)} found; a dry run changes nothing.",
        { Run.Counts.Found: 0 } => "Nothing new: every difference is an open case.",
        _ when report.Mended == report.Findings => $"{Differences(report.Findings)} found, and mended.",
        _ => $"{Differences(report.Findings)} found: {report.Mended} mended, {report.OpenCaseCount} open for a person.",
    };

    static string Differences(int count) => count == 1 ? "One difference was" : $"{Amounts.Count(count)} differences were";
}
