using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace Reconciler.Job;

/// <summary>Executes the run in progress once its lease is free: a run just started here, or one whose process died.</summary>
sealed class RunWorker(RunTable runs, Reconciliation reconciliation, ReconciliationSettings settings, TimeProvider clock, ILogger<RunWorker> log)
    : WakeableService(PollInterval, log)
{
    static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    protected override async Task Run(CancellationToken stop)
    {
        while (await runs.Claim() is { } lease)
            await Work(lease, stop);
    }

    /// <summary>Executes one run to its end, or until this process must release it.</summary>
    public async Task Work(RunLease lease, CancellationToken stopping)
    {
        using var leaseLost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var alive = KeepAlive(lease, leaseLost);
        try
        {
            await ThrowIfTakenOverTooOften(lease);
            await reconciliation.Run(lease, leaseLost.Token);
        }
        catch (Exception failure) when (stopping.IsCancellationRequested)
        {
            Log.LogInformation("Released run {RunId}: {Reason}", lease.RunId, failure.Message);
            await lease.Release();
            stopping.ThrowIfCancellationRequested();
        }
        catch (Exception failure)
        {
            await HandleFailure(lease, failure, lost: failure is LeaseLostException || leaseLost.IsCancellationRequested);
        }
        finally
        {
            await leaseLost.CancelAsync();
            await alive;
        }
    }

    async Task ThrowIfTakenOverTooOften(RunLease lease)
    {
        if ((await runs.Find(lease.RunId))!.Resumed > settings.MaxTakeovers)
            throw new InvalidOperationException($"The run was taken over {settings.MaxTakeovers} times without finishing; see the log of its processes.");
    }

    /// <summary>
    /// After a temporary database failure nothing is stored: the lease expires, and the process that claims it next continues the run. Any
    /// other failure ends the run as Failed.
    /// </summary>
    async Task HandleFailure(RunLease lease, Exception failure, bool lost)
    {
        if (lost)
        {
            Log.LogWarning("Another process has taken over run {RunId}", lease.RunId);
            return;
        }

        if (DatabaseErrors.Classify(failure) != FailureKind.Permanent)
        {
            Log.LogWarning("Run {RunId} continues when its databases are available: {Failure}", lease.RunId, failure.Message);
            return;
        }

        Log.LogError(failure, "Run {RunId} failed", lease.RunId);
        await lease.Run((work, run) =>
        {
            run.Error = failure.Message[..Math.Min(failure.Message.Length, ReconciliationRun.ErrorLength)];
            run.End(work, RunState.Failed, clock);
        });
    }

    async Task KeepAlive(RunLease lease, CancellationTokenSource leaseLost)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.LeaseSeconds / 3.0), clock);
        while (await timer.WaitForTick(leaseLost.Token))
            if (!await Extended(lease))
                await leaseLost.CancelAsync();
    }

    /// <summary>An unavailable database is ignored here: if the lease expires meanwhile, the run's next transaction notices it.</summary>
    async Task<bool> Extended(RunLease lease)
    {
        try
        {
            return await lease.Extend();
        }
        catch (Exception failure)
        {
            Log.LogWarning("Could not renew the lease of run {RunId}: {Failure}", lease.RunId, failure.Message);
            return true;
        }
    }
}
