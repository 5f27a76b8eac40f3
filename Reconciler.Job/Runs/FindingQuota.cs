using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>
/// Stores a run's findings: each once, and a maximum number per class. One finding per class counts the others. A flood of one class, for
/// example after a restored backup or a new gateway contract, does not affect the others.
/// </summary>
sealed class FindingQuota(ReconciliationSettings settings, TimeProvider clock)
{
    const string Requirement = "A run has at most its maximum of findings, of each class and in total.";

    public async Task Store(UnitOfWorkContext work, ReconciliationRun run, IReadOnlyCollection<Finding> findings)
    {
        var rows = findings.Select(finding => FindingRow.Of(run.Id, finding, clock.GetUtcNow())).DistinctBy(row => row.Key).ToList();
        foreach (var ofClass in rows.GroupBy(row => row.Class))
            await Store(work, run, [.. ofClass]);
        work.AfterCommit(() =>
        {
            foreach (var finding in findings)
                ReconciliationMetrics.Found(finding);
        });
    }

    async Task Store(UnitOfWorkContext work, ReconciliationRun run, List<FindingRow> rows)
    {
        var db = (ReconcilerDb)work.Db;
        var name = rows[0].Class;
        var kept = await db.Findings.CountAsync(row => row.RunId == run.Id && row.Class == name);
        var room = Math.Max(0, Math.Min(settings.MaxFindingsPerClass - kept, settings.MaxFindings - run.Found));
        db.AddRange(rows.Take(room));
        run.Found += Math.Min(rows.Count, room);
        if (rows.Count > room)
            await AddToExcess(work, run, [.. rows.Skip(room)]);
    }

    async Task AddToExcess(UnitOfWorkContext work, ReconciliationRun run, List<FindingRow> beyond)
    {
        var db = (ReconcilerDb)work.Db;
        var flood = FindingRow.Of(run.Id, ReportExcess(new QuotaExcess(beyond[0].Class, 0, settings.MaxFindingsPerClass, settings.MaxFindings)),
            clock.GetUtcNow());
        if (await db.Findings.SingleOrDefaultAsync(row => row.RunId == run.Id && row.Key == flood.Key) is { } before)
            flood = before;
        else
        {
            db.Add(flood);
            run.Found++;
        }

        var counted = JsonSerializer.Deserialize<QuotaExcess>(flood.Evidence, JsonSerializerOptions.Web)!;
        flood.Evidence = JsonSerializer.Serialize(counted with { NotStored = counted.NotStored + beyond.Count }, JsonSerializerOptions.Web);
    }

    static Finding ReportExcess(QuotaExcess beyond) => new(
        Classes.TooManyFindings, Severity.Critical, null, beyond.Class, Requirement, JsonSerializer.Serialize(beyond, JsonSerializerOptions.Web),
        Remedy.Case, 0, null);

    /// <summary>The findings of a class over its maximum.</summary>
    sealed record QuotaExcess(string Class, long NotStored, int MaxFindingsPerClass, int MaxFindings);
}
