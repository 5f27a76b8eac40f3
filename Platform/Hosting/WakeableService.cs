using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Hosting;

/// <summary>Repeats its work at an interval, and at once when it is woken. The next start continues what a stopped process leaves.</summary>
public abstract class WakeableService(TimeSpan interval, ILogger log) : BackgroundService
{
    readonly SemaphoreSlim woken = new(0);

    protected ILogger Log => log;

    /// <summary>Runs the work now, or once more if it runs already.</summary>
    public void Wake()
    {
        if (woken.CurrentCount == 0)
            woken.Release();
    }

    /// <summary>The work. A failure is logged, and the next run retries.</summary>
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
        catch (Exception failure) when (!failure.IsCancellationBy(stop))
        {
            log.LogWarning("{Service} failed; retrying in {Interval}: {Failure}", GetType().Name, interval, failure.Message);
        }
    }
}
