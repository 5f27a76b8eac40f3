using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Reconciler.Job;

/// <summary>Reads the data of a run's report; bounded, whatever the run found.</summary>
sealed class ReportReader(ReconcilerDb db, ReconciliationSettings settings, TimeProvider clock)
{
    const int MaxCases = 200;

    public async Task<RunReport> Read(ReconciliationRun run, CancellationToken cancel)
    {
        var classes = await Classes(run.Id, cancel);
        var repairs = await db.Repairs.AsNoTracking().Where(repair => repair.RunId == run.Id).OrderBy(repair => repair.SentAt)
            .Take(settings.MaxRepairs).ToListAsync(cancel);
        var open = db.Cases.AsNoTracking().Where(row => row.OpenKey != null);
        var shown = await open.OrderByDescending(row => row.OpenedAt).ThenByDescending(row => row.Id).Take(MaxCases).ToListAsync(cancel);
        var sums = run.Conservation is null ? null : JsonSerializer.Deserialize<ConservationReport>(run.Conservation, JsonSerializerOptions.Web);
        var view = RunView.Of(run, clock.GetUtcNow().UtcDateTime);
        var report = new RunReport(
            view, "", classes, repairs.ConvertAll(RepairView.Of), shown.ConvertAll(CaseView.Of), await open.CountAsync(cancel), sums);
        return report with { Verdict = Verdict.Of(report) };
    }

    /// <summary>All findings in the report's order, streamed for the CSV.</summary>
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
                .OrderByDescending(finding => finding.Amount).ThenBy(finding => finding.Key).Take(settings.MaxReportRows).ToListAsync(cancel);
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
