using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Hosting;

/// <summary>Work that is repeated while the process runs.</summary>
public interface IPeriodicJob
{
    /// <summary>One repetition, in its own scope.</summary>
    Task Run(CancellationToken cancel);
}

/// <summary>
/// Runs a job at an interval of the process's monotonic clock, so that setting the clock back does not delay it.
/// </summary>
public sealed class PeriodicService<TJob>(
    IServiceScopeFactory scopes, TimeSpan interval, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<PeriodicService<TJob>> log)
    : BackgroundService
    where TJob : class, IPeriodicJob
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await WaitForStart(stoppingToken);
        using var timer = new PeriodicTimer(interval, clock);
        do
            await Run(stoppingToken);
        while (await timer.WaitForTick(stoppingToken));
    }

    /// <summary>The service answers requests first: the jobs of all services together would delay the start of the single process.</summary>
    async Task WaitForStart(CancellationToken stop)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await using var onStop = stop.Register(() => started.TrySetCanceled(stop));
        await started.Task;
    }

    async Task Run(CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<TJob>().Run(stop);
        }
        catch (Exception failure) when (!failure.IsCancellationBy(stop))
        {
            log.LogWarning("{Job} failed; retrying in {Interval}: {Failure}", typeof(TJob).Name, interval, failure.Message);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }
}

public static class PeriodicSetup
{
    /// <summary>Registers the job as scoped to one run, unless it is already registered.</summary>
    public static void AddPeriodic<TJob>(this IServiceCollection services, TimeSpan interval) where TJob : class, IPeriodicJob
    {
        services.TryAddScoped<TJob>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PeriodicService<TJob>>(provider, interval));
    }
}
