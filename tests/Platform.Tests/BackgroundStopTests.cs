using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Hosting;

namespace Platform.Tests;

/// <summary>A connection that fails while the process stops is logged, and is no crash of the service.</summary>
public sealed class BackgroundStopTests
{
    [Fact]
    public Task A_failure_at_the_stop_ends_a_woken_service() =>
        FailAtTheStop(services => services.AddHostedService<FailingService>());

    [Fact]
    public Task A_failure_at_the_stop_ends_a_periodic_job() =>
        FailAtTheStop(services => services.AddPeriodic<FailingJob>(TimeSpan.FromHours(1)));

    static async Task FailAtTheStop(Action<IServiceCollection> add)
    {
        using var lines = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.AddProvider(lines);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<LostConnection>();
        add(builder.Services);
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<LostConnection>().Started.Task;
        await host.StopAsync();
        host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ShouldHaveSingleItem()
            .ExecuteTask!.Status.ShouldBe(TaskStatus.RanToCompletion);
        lines.Lines.ShouldHaveSingleItem().ShouldContain("connection lost");
    }

    sealed class LostConnection
    {
        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task Run(CancellationToken stop)
        {
            Started.SetResult();
            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var onStop = stop.Register(stopped.SetResult);
            await stopped.Task;
            throw new InvalidOperationException("connection lost");
        }
    }

    sealed class FailingService(LostConnection connection, ILogger<FailingService> log) : WakeableService(TimeSpan.FromHours(1), log)
    {
        protected override Task Run(CancellationToken stop) => connection.Run(stop);
    }

    sealed class FailingJob(LostConnection connection) : IPeriodicJob
    {
        public Task Run(CancellationToken cancel) => connection.Run(cancel);
    }
}
