using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>Works on the run that is under way, once its lease can be had: one that was just begun here, or one whose process died anywhere.</summary>
sealed class RunWorker(RunTable runs, Reconciliation reconciliation, ReconciliationSettings settings, TimeProvider clock, ILogger<RunWorker> log)
    : BackgroundService
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    readonly SemaphoreSlim woken = new(0);

    /// <summary>A run was begun.</summary>
    public void Wake() => woken.Release();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await WorkOnAll(stoppingToken);
                await woken.WaitAsync(Every, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The run's lease was given back: another process, or the next start, goes on with it.
        }
    }

    async Task WorkOnAll(CancellationToken stopping)
    {
        try
        {
            while (await runs.Claim() is { } lease)
                await Work(lease, stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogWarning("Runs will be looked for again in {Every}: {Failure}", Every, failure.Message);
        }
    }

    /// <summary>One run to its end, or until this process must let go of it.</summary>
    public async Task Work(RunLease lease, CancellationToken stopping)
    {
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var alive = KeepAlive(lease, mine);
        try
        {
            await BoundTakeovers(lease);
            await reconciliation.Run(lease, mine.Token);
        }
        catch (Exception failure) when (stopping.IsCancellationRequested)
        {
            log.LogInformation("Run {RunId} is given back: {Reason}", lease.RunId, failure.Message);
            await lease.Release();
            stopping.ThrowIfCancellationRequested();
        }
        catch (Exception failure)
        {
            await LetGo(lease, failure, lost: failure is LeaseLost || mine.IsCancellationRequested);
        }
        finally
        {
            await mine.CancelAsync();
            await alive;
        }
    }

    async Task BoundTakeovers(RunLease lease)
    {
        if ((await runs.Find(lease.RunId))!.Resumed > settings.MostTakeovers)
            throw new InvalidOperationException($"The run was taken over {settings.MostTakeovers} times and never ended; the log of its processes says why.");
    }

    /// <summary>A database that is away comes back: the lease runs out, and the run goes on. What fails for good ends the run.</summary>
    async Task LetGo(RunLease lease, Exception failure, bool lost)
    {
        if (lost)
        {
            log.LogWarning("Run {RunId} has gone to another process", lease.RunId);
            return;
        }

        if (DatabaseErrors.Classify(failure) != FailureKind.Permanent)
        {
            log.LogWarning("Run {RunId} waits for its databases: {Failure}", lease.RunId, failure.Message);
            return;
        }

        log.LogError(failure, "Run {RunId} failed", lease.RunId);
        await lease.Run((work, run) =>
        {
            run.Error = failure.Message[..Math.Min(failure.Message.Length, ReconciliationRun.ErrorLength)];
            run.End(work, RunState.Failed, clock);
            return Task.CompletedTask;
        });
    }

    async Task KeepAlive(RunLease lease, CancellationTokenSource mine)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.LeaseSeconds / 3.0), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(mine.Token))
            {
                if (!await Extended(lease))
                    await mine.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended, or this process stops.
        }
    }

    /// <summary>A database that is away tells nothing: should the lease run out meanwhile, the run's next transaction finds out.</summary>
    async Task<bool> Extended(RunLease lease)
    {
        try
        {
            return await lease.Extend();
        }
        catch (Exception failure)
        {
            log.LogWarning("The lease of run {RunId} could not be extended: {Failure}", lease.RunId, failure.Message);
            return true;
        }
    }
}
