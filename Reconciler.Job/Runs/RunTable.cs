using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Queries runs, and claims, renews and releases the lease of the run in progress.</summary>
sealed class RunTable(QueryRunner<ReconcilerDb> statements, UnitOfWork<ReconcilerDb> unitOfWork, ReconciliationSettings settings, TimeProvider clock)
{
    public Task<ReconciliationRun?> Find(Guid id) => statements.Run(db => db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.Id == id));

    /// <summary>The last full run that completed or is in progress.</summary>
    public Task<ReconciliationRun?> LastFull() => statements.Run(db => db.Runs.AsNoTracking()
        .Where(run => run.Kind == RunKind.Full && run.State != RunState.Failed && run.State != RunState.NotJudged)
        .OrderByDescending(run => run.CreatedAt).FirstOrDefaultAsync());

    /// <summary>
    /// Until when completed runs have compared all orders. A repairing run ignores dry runs, so it compares their orders again.
    /// </summary>
    public Task<DateTime?> Watermark(bool dryRun) => statements.Run(db => db.Runs
        .Where(run => run.State == RunState.Completed && run.Kind != RunKind.Order && (dryRun || !run.DryRun))
        .OrderByDescending(run => run.CreatedAt).Select(run => (DateTime?)run.Until).FirstOrDefaultAsync());

    /// <summary>The settlement files refused by the run.</summary>
    public Task<HashSet<string>> Refused(Guid run) => statements.Run(db => db.Findings
        .Where(finding => finding.RunId == run && finding.Class == Classes.SettlementFileRefused).Select(finding => finding.Subject!).ToHashSetAsync());

    /// <summary>Claims the run in progress if no process holds its lease; null if there is none.</summary>
    public async Task<RunLease?> Claim()
    {
        var holder = Guid.CreateVersion7(clock.GetUtcNow());
        if (await statements.Run(db => Claim(db, holder)) == 0)
            return null;
        var run = await statements.Run(db => db.Runs.AsNoTracking().SingleOrDefaultAsync(row => row.Active == true && row.Lease == holder));
        return run is null ? null : new RunLease(run.Id, holder, unitOfWork, this);
    }

    // EF translates UtcNow in a query to the database's own clock, so the processes' clocks need not agree. A lease that ends later than
    // any this clock can have given comes from another server's clock, before a failover: it counts as ended.
#pragma warning disable RS0030
    Task<int> Claim(ReconcilerDb db, Guid holder) => db.Runs.Where(run => run.Active == true
        && (run.LeaseUntil < DateTime.UtcNow || run.LeaseUntil > DateTime.UtcNow.AddSeconds(2 * settings.LeaseSeconds))).ExecuteUpdateAsync(row => row
        .SetProperty(run => run.Resumed, run => run.Lease == null ? run.Resumed : run.Resumed + 1)
        .SetProperty(run => run.Lease, holder)
        .SetProperty(run => run.LeaseUntil, _ => DateTime.UtcNow.AddSeconds(settings.LeaseSeconds)));

    public async Task<bool> Extend(Guid run, Guid holder) => await statements.Run(db => Held(db, run, holder).ExecuteUpdateAsync(row => row
        .SetProperty(x => x.LeaseUntil, _ => DateTime.UtcNow.AddSeconds(settings.LeaseSeconds)))) == 1;
#pragma warning restore RS0030

    public Task Release(Guid run, Guid holder) => statements.Run(db => Held(db, run, holder).ExecuteUpdateAsync(row => row
        .SetProperty(x => x.LeaseUntil, DateTime.UnixEpoch)));

    static IQueryable<ReconciliationRun> Held(ReconcilerDb db, Guid run, Guid holder) =>
        db.Runs.Where(row => row.Id == run && row.Lease == holder && row.Active == true);
}
