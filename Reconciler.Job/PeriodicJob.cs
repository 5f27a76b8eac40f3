using Microsoft.Extensions.DependencyInjection.Extensions;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>Work that is repeated for as long as the process runs.</summary>
interface IPeriodicJob
{
    Task Run(CancellationToken cancel);
}

/// <summary>
/// Runs a job at an interval of the process's steady clock: when the time of day is set back, nothing waits until the old time has come again.
/// </summary>
sealed class PeriodicService<TJob>(IServiceScopeFactory scopes, TimeSpan interval, TimeProvider clock, ILogger<PeriodicService<TJob>> log) : BackgroundService
    where TJob : class, IPeriodicJob
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        do
            await Run(stoppingToken);
        while (await timer.Next(stoppingToken));
    }

    async Task Run(CancellationToken stop)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<TJob>().Run(stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            log.LogWarning("{Job} failed and runs again in {Interval}: {Failure}", typeof(TJob).Name, interval, failure.Message);
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }
}

static class PeriodicSetup
{
    /// <summary>The job lives for one run, unless it is registered otherwise before.</summary>
    public static void AddPeriodic<TJob>(this IServiceCollection services, TimeSpan interval) where TJob : class, IPeriodicJob
    {
        services.TryAddScoped<TJob>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<PeriodicService<TJob>>(provider, interval));
    }
}
