using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Batches;

namespace Reconciler.Job;

/// <summary>What a run is asked to do.</summary>
/// <param name="Kind">What to look at.</param>
/// <param name="RequestedBy">Who asked.</param>
/// <param name="DryRun">Repair nothing, open no case.</param>
/// <param name="Day">Settlement day; none: yesterday, UTC.</param>
/// <param name="OrderId">For a run over one order.</param>
/// <param name="ScheduledFor">The schedule's time.</param>
sealed record RunRequest(
    RunKind Kind, string RequestedBy, bool DryRun, DateOnly? Day = null, Guid? OrderId = null, DateTime? ScheduledFor = null);

/// <summary>Another run is under way, in this process or another.</summary>
sealed class RunUnderWay(ReconciliationRun run) : Exception($"Run {run.Id} is under way.")
{
    public ReconciliationRun Run { get; } = run;
}

/// <summary>Writes a run down. Whoever claims its lease works on it; nothing is lost when this process dies right after.</summary>
sealed class BeginRun(UnitOfWork<ReconcilerDb> unit, RunTable runs, ReconciliationSettings settings, TimeProvider clock)
{
    /// <summary>Throws <see cref="RunUnderWay"/> when there is one; null when the schedule's run was begun by another process.</summary>
    public async Task<ReconciliationRun?> Begin(RunRequest request)
    {
        var since = request.Kind == RunKind.Rolling ? await runs.Watermark(request.DryRun) : null;
        return await unit.Run(async work =>
        {
            var db = (ReconcilerDb)work.Db;
            if (request.ScheduledFor is { } at && await db.Runs.AnyAsync(run => run.Kind == request.Kind && run.ScheduledFor == at))
                return null;
            // Two that begin at once meet at the unique index: the one that loses runs again and finds the other here.
            if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(run => run.Active == true) is { } active)
                throw new RunUnderWay(active);
            var begun = Make(request, since);
            db.Runs.Add(begun);
            work.Audit("reconciliation run", begun.Id.ToString(), "", begun.State.ToString(), begun.RequestedBy, Describe(begun));
            return begun;
        });
    }

    ReconciliationRun Make(RunRequest request, DateTime? since)
    {
        var now = clock.GetUtcNow();
        var until = now.UtcDateTime.AddSeconds(-settings.WindowSeconds);
        return new ReconciliationRun
        {
            Id = Guid.CreateVersion7(now),
            Kind = request.Kind,
            Day = request.Day ?? DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1),
            OrderId = request.OrderId,
            DryRun = request.DryRun,
            RequestedBy = request.RequestedBy,
            ScheduledFor = request.ScheduledFor,
            Until = until,
            // A watermark that lies ahead is from before the clock was set back: what changes now would lie behind it.
            Since = since > until ? until.AddMinutes(-2 * Math.Max(1, settings.RollingMinutes)) : since,
            State = RunState.Importing,
            Active = true,
            LeaseUntil = DateTime.UnixEpoch,
            CreatedAt = now.UtcDateTime,
        };
    }

    static string Describe(ReconciliationRun run) =>
        $"{run.Kind}{(run.OrderId is { } order ? $" {order}" : "")}, day {run.Day:yyyy-MM-dd}{(run.DryRun ? ", dry run" : "")}";
}
