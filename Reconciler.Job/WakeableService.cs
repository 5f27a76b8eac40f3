namespace Reconciler.Job;

/// <summary>Repeats its work at an interval, and at once when it is woken. The next start continues what a stopped process leaves.</summary>
abstract class WakeableService(TimeSpan interval, ILogger log) : BackgroundService
{
    readonly SemaphoreSlim woken = new(0);

    public void Wake()
    {
        if (woken.CurrentCount == 0)
            woken.Release();
    }

    protected abstract Task Run(CancellationToken stop);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await TryRun(stoppingToken);
                await woken.WaitAsync(interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    async Task TryRun(CancellationToken stop)
    {
        try
        {
            await Run(stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            log.LogWarning("{Service} failed; retrying in {Interval}: {Failure}", GetType().Name, interval, failure.Message);
        }
    }
}
