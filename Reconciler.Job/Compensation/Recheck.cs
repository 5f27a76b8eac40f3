using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Completes sent repairs and resolves open cases whose ledgers agree now.</summary>
sealed class Recheck(
    QueryRunner<ReconcilerDb> statements, UnitOfWork<ReconcilerDb> unitOfWork, RepairVerification check, CaseService cases, LedgerSet ledgers,
    ReconciliationSettings settings, TimeProvider clock)
{
    const int PageSize = 200;
    const string By = "reconciliation";

    /// <summary>Classes that the rules can find again; for other classes a missing finding proves nothing.</summary>
    static readonly string[] RuleClasses = [.. RuleTable.Rows.Select(rule => rule.Class).Distinct()];

    static readonly string[] NonOrderClasses =
    [
        Classes.SettlementFileMissing, Classes.SettlementFileRefused, Classes.StockLevelDiffers, Classes.SettlementKindUnknown, Classes.TooManyFindings,
    ];

    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits a bounded time for the repairs of a run.</summary>
    public async Task WaitForRepairs(Guid run, CancellationToken cancel)
    {
        var until = clock.GetUtcNow().AddSeconds(settings.RepairTimeoutSeconds);
        using var timer = new PeriodicTimer(PollInterval, clock);
        while (await CheckSentRepairs(repair => repair.RunId == run, cancel) > 0 && clock.GetUtcNow() < until)
            await timer.WaitForNextTickAsync(cancel);
    }

    /// <summary>
    /// After a takeover: with the in-memory transport the commands of the dead process may be lost. They are idempotent, so they are sent
    /// again where the ledgers still differ.
    /// </summary>
    public async Task SendAgain(RunLease lease, CancellationToken cancel)
    {
        var sent = await statements.Run(db => db.Repairs.AsNoTracking()
            .Where(repair => repair.RunId == lease.RunId && repair.State == RepairState.Sent).OrderBy(repair => repair.SentAt).ToListAsync(cancel));
        foreach (var repair in sent)
            if ((await check.Verify(repair.OrderId, repair.Class, FindingRow.SubjectOf(repair.Key))).Same)
                await lease.Run((work, run) => Repairs.SendAgain(work, repair, $"run {run.Id}"));
    }

    /// <summary>Checks repairs of earlier runs whose effect was not seen yet, and the open cases that this run covers.</summary>
    public async Task CheckEarlier(ReconciliationRun run, CancellationToken cancel)
    {
        await CheckSentRepairs(_ => true, cancel);
        await ResolveCases(cancel);
        if (run.Kind == RunKind.Full)
            await ResolveNonOrderCases(run, cancel);
    }

    /// <returns>Number of repairs still in progress.</returns>
    async Task<int> CheckSentRepairs(System.Linq.Expressions.Expression<Func<Repair, bool>> filter, CancellationToken cancel)
    {
        var sent = await statements.Run(db => db.Repairs.AsNoTracking().Where(filter).Where(repair => repair.State == RepairState.Sent)
            .OrderBy(repair => repair.SentAt).Take(settings.MaxRepairs + PageSize).ToListAsync(cancel));
        var waiting = 0;
        foreach (var repair in sent)
            waiting += await CheckRepair(repair) ? 0 : 1;
        return waiting;
    }

    async Task<bool> CheckRepair(Repair repair)
    {
        var (snapshot, same) = await check.Verify(repair.OrderId, repair.Class, FindingRow.SubjectOf(repair.Key));
        if (same || (snapshot.AwaitsGateway && repair.Remedy is (Remedy.CancelPayment or Remedy.ConfirmPayment)))
            return false;
        await unitOfWork.Run(async work =>
        {
            var row = (await work.Lock<Repair, Guid>([repair.Id])).Single();
            if (row.State != RepairState.Sent)
                return;
            (row.State, row.CheckedAt) = (RepairState.Repaired, clock.GetUtcNow().UtcDateTime);
            row.After = JsonSerializer.Serialize(snapshot, WebJson.Options);
            work.Audit(Repairs.Subject, row.Id.ToString(), nameof(RepairState.Sent), nameof(RepairState.Repaired), By, "the ledgers agree");
        });
        return true;
    }

    async Task ResolveCases(CancellationToken cancel)
    {
        await foreach (var page in cases.ReadOpen(RuleClasses, cancel))
            foreach (var open in page)
                if (await check.Verify(open.OrderId!.Value, open.Class, open.Subject) is (var snapshot, false) && !snapshot.AwaitsGateway)
                    await cases.Resolve(open.Id, By, "the ledgers agree now");
    }

    /// <summary>Resolves cases of missing files that have arrived, and of skus that add up in this run.</summary>
    async Task ResolveNonOrderCases(ReconciliationRun run, CancellationToken cancel)
    {
        var arrivedDays = (await ledgers.Settlement.DeliveredDays(cancel)).Select(FileFinding.Subject).ToHashSet(StringComparer.Ordinal);
        var found = await statements.Run(db => db.Findings.AsNoTracking()
            .Where(finding => finding.RunId == run.Id && finding.OrderId == null).Select(finding => finding.Key).ToHashSetAsync(cancel));
        var open = await statements.Run(db => db.Cases.AsNoTracking()
            .Where(row => row.OpenKey != null && row.OrderId == null && NonOrderClasses.Contains(row.Class)).ToListAsync(cancel));
        foreach (var row in open)
        {
            var ofFile = row.Class is Classes.SettlementFileMissing or Classes.SettlementFileRefused;
            if (ofFile && arrivedDays.Contains(row.Subject!))
                await cases.Resolve(row.Id, By, "the file of its day has arrived");
            else if (!ofFile && !found.Contains(row.OpenKey!))
                await cases.Resolve(row.Id, By, row.Class == Classes.StockLevelDiffers ? "the sku's sums agree now" : "a full run did not find it again");
        }
    }
}
