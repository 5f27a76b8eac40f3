using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Parameters of a new run.</summary>
/// <param name="Kind">Which orders to compare.</param>
/// <param name="RequestedBy">Key, schedule or command line that requested it.</param>
/// <param name="DryRun">No repairs and no cases.</param>
/// <param name="Day">Settlement day; null: yesterday, UTC.</param>
/// <param name="OrderId">Order of a run over one order.</param>
/// <param name="ScheduledFor">Scheduled time.</param>
sealed record RunRequest(
    RunKind Kind, string RequestedBy, bool DryRun, DateOnly? Day = null, Guid? OrderId = null, DateTime? ScheduledFor = null);

/// <summary>Another run is in progress, in this process or another.</summary>
sealed class RunInProgressException(ReconciliationRun run) : Exception($"Run {run.Id} is in progress.")
{
    public ReconciliationRun Run { get; } = run;
}

/// <summary>Stores a new run. Any process that claims its lease executes it, so it survives the end of this process.</summary>
sealed class RunStarter(UnitOfWork<ReconcilerDb> unitOfWork, RunTable runs, ReconciliationSettings settings, TimeProvider clock)
{
    /// <summary>
    /// Throws <see cref="RunInProgressException"/> if a run is in progress; returns null if another process started the scheduled run.
    /// </summary>
    public async Task<ReconciliationRun?> Begin(RunRequest request)
    {
        var since = request.Kind == RunKind.Rolling ? await runs.Watermark(request.DryRun) : null;
        return await unitOfWork.Run(async work =>
        {
            var db = (ReconcilerDb)work.Db;
            if (request.ScheduledFor is { } at && await db.Runs.AnyAsync(row => row.Kind == request.Kind && row.ScheduledFor == at))
                return null;
            // Two concurrent starts conflict at the unique index; the retry finds the other run here.
            if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(row => row.Active == true) is { } active)
                throw new RunInProgressException(active);
            var run = Create(request, since);
            db.Runs.Add(run);
            work.Audit("reconciliation run", run.Id.ToString(), "", run.State.ToString(), run.RequestedBy, Describe(run));
            return run;
        });
    }

    ReconciliationRun Create(RunRequest request, DateTime? since)
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
            // If the watermark is in the future, the clock was set back since: the last two intervals are compared.
            Since = since > until ? until.AddMinutes(-2 * Math.Max(1, settings.RollingIntervalMinutes)) : since,
            State = RunState.Importing,
            Active = true,
            LeaseUntil = DateTime.UnixEpoch,
            CreatedAt = now.UtcDateTime,
        };
    }

    static string Describe(ReconciliationRun run) =>
        $"{run.Kind}{(run.OrderId is { } order ? $" {order}" : "")}, day {run.Day:yyyy-MM-dd}{(run.DryRun ? ", dry run" : "")}";
}
