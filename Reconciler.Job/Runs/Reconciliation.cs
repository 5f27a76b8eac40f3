using System.Text.Json;

namespace Reconciler.Job;

/// <summary>
/// The steps of a run in order. Each ends with a transaction that stores the progress, so that a process that takes over repeats at most
/// one page of reading.
/// </summary>
sealed class Reconciliation(
    RunTable runs, NonOrderChecks nonOrderChecks, Comparison comparison, Compensator compensator, Recheck recheck, Conservation conservation,
    SettlementTermsSource terms, Replicas replicas, FindingQuota quota, TimeProvider clock, ILogger<Reconciliation> log)
{
    /// <summary>Executes the run to its end; on an exception the run keeps its current state.</summary>
    public async Task Run(RunLease lease, CancellationToken cancel)
    {
        while (await runs.Find(lease.RunId) is { Active: true } run)
        {
            log.LogInformation("Run {RunId} ({Kind}, {Day}) is {State}", run.Id, run.Kind, run.Day, run.State);
            await Step(run, lease, cancel);
        }
    }

    Task Step(ReconciliationRun run, RunLease lease, CancellationToken cancel) => run.State switch
    {
        RunState.Importing => Import(run, lease, cancel),
        RunState.Merging => Compare(run, lease, cancel),
        RunState.Compensating => Compensate(run, lease, cancel),
        RunState.Reporting => Report(run, lease, cancel),
        _ => throw new InvalidOperationException($"Run {run.Id} is {run.State} but still active."),
    };

    async Task Import(ReconciliationRun run, RunLease lease, CancellationToken cancel) =>
        await Store(run.Kind == RunKind.Full ? await nonOrderChecks.FetchFiles(cancel) : [], lease, RunState.Merging);

    Task Store(List<Finding> findings, RunLease lease, RunState next) => lease.Run(async (work, lockedRun) =>
    {
        await quota.Store(work, lockedRun, findings);
        lockedRun.MoveTo(work, next);
    });

    /// <summary>
    /// A run over one order reads the primaries. Other runs read the replicas; if one lags too far behind, the run ends as NotJudged.
    /// </summary>
    async Task Compare(ReconciliationRun run, RunLease lease, CancellationToken cancel)
    {
        if (run.Kind != RunKind.Order && await replicas.StaleReason(cancel) is { } stale)
        {
            log.LogWarning("Run {RunId} ended as NotJudged: {Reason}", run.Id, stale);
            await lease.Run((work, lockedRun) => lockedRun.EndNotJudged(work, stale, clock));
            ReconciliationMetrics.Ended(run.Kind, RunState.NotJudged);
            return;
        }

        await comparison.Run(run, lease, cancel);
        await Store(run.Kind == RunKind.Full ? await nonOrderChecks.CheckDays(await runs.Refused(run.Id), cancel) : [], lease, RunState.Compensating);
    }

    async Task Compensate(ReconciliationRun run, RunLease lease, CancellationToken cancel)
    {
        FailPoint.Hit("reconciliation.before-compensation");
        if (!run.DryRun)
            await recheck.CheckEarlier(run, cancel);
        await compensator.Run(run, lease, cancel);
        FailPoint.Hit("reconciliation.after-compensation");
        await lease.Run((work, lockedRun) => lockedRun.MoveTo(work, RunState.Reporting));
    }

    async Task Report(ReconciliationRun run, RunLease lease, CancellationToken cancel)
    {
        FailPoint.Hit("reconciliation.before-report");
        if (run is { Repaired: > 0, Resumed: > 0 })
            await recheck.SendAgain(lease, cancel);
        if (run.Repaired > 0)
            await recheck.WaitForRepairs(run.Id, cancel);
        var sums = run.Kind == RunKind.Full ? await conservation.Read(await terms.Days(cancel), cancel) : null;
        await lease.Run((work, lockedRun) =>
        {
            lockedRun.Conservation = sums is null ? null : JsonSerializer.Serialize(sums, WebJson.Options);
            if (sums is { Conserved: false })
                work.AfterCommit(() => log.LogError("Run {RunId}: the sums of stock or money do not match; see its report", lockedRun.Id));
            lockedRun.End(work, RunState.Completed, clock);
        });
        ReconciliationMetrics.Ended(run.Kind, RunState.Completed);
    }
}
