using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Rabbit;

namespace OrderSaga.Platform.Hosting;

/// <summary>
/// Declares the service's queues in the lanes that other processes serve, so that messages can wait there, and reports those without a consumer.
/// </summary>
sealed class LaneMonitor(RabbitTransport transport, IReadOnlyList<string> queues, TimeProvider clock, ILogger<LaneMonitor> log)
    : BackgroundService, IHealthCheck
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <summary>A process that restarts has no consumers for a moment.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Since when a queue has no consumer, by this process's monotonic clock.</summary>
    readonly ConcurrentDictionary<string, long> unread = new(StringComparer.Ordinal);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var without = Unread().ToList();
        return Task.FromResult(without.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"no consumers: {string.Join(", ", without)}"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Instruments.Meter.CreateObservableGauge("ordersaga.lanes.unread", Measure, "{queue}", "1 for a lane's queue without consumers: alarm on any");
        using var timer = new PeriodicTimer(Interval, clock);
        do
            foreach (var queue in queues)
                await Check(queue, stoppingToken);
        while (queues.Count > 0 && await timer.WaitForTick(stoppingToken));
    }

    async Task Check(string queue, CancellationToken stop)
    {
        try
        {
            if (await transport.DeclareQuorum(queue, stop) > 0)
                unread.TryRemove(queue, out _);
            else if (unread.TryAdd(queue, clock.GetTimestamp()))
                log.LogWarning("The queue {Queue} has no consumers; its messages wait", queue);
        }
        catch (Exception failure) when (!failure.IsCancellationBy(stop))
        {
            // The check of the broker reports it.
            log.LogDebug(failure, "Could not declare {Queue}", queue);
        }
    }

    IEnumerable<string> Unread() => unread.Where(pair => clock.GetElapsedTime(pair.Value) > Grace).Select(pair => pair.Key).Order(StringComparer.Ordinal);

    IEnumerable<Measurement<int>> Measure() => Unread().Select(queue => new Measurement<int>(1, new KeyValuePair<string, object?>("queue", queue)));
}
