using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// Tracks whether the broker accepts messages. A failed send alone does not show it: the destination may be at fault. So while nothing is
/// confirmed, and after an unanswered send, it sends a probe that reaches no queue. A broker in a memory or disk alarm is connected but
/// confirms nothing.
/// </summary>
public sealed class BrokerState : BackgroundService, IHealthCheck
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(2);

    readonly IMessageTransport transport;
    readonly TimeProvider clock;
    readonly ILogger log;
    readonly Lock gate = new();
    Task? probe;
    long confirmedAt;

    internal BrokerState(IMessageTransport transport, TimeProvider clock, ILogger<BrokerState> log) =>
        (this.transport, this.clock, this.log) = (transport, clock, log);

    /// <summary>
    /// False after a failed probe, or after a failed send that shows that all sends fail; true at the start and after a successful probe.
    /// </summary>
    public bool IsAvailable { get; private set; } = true;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsAvailable ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("The broker does not confirm messages."));

    /// <summary>Records that the broker confirmed a message now.</summary>
    internal void RecordConfirm() => Volatile.Write(ref confirmedAt, clock.GetTimestamp());

    /// <summary>Called after a failed send. True: the broker accepts other messages, so the destination is at fault.</summary>
    internal async Task<bool> IsDestinationError(Exception failure)
    {
        if (transport.IsDestinationError(failure) is true)
            return true;
        if (transport.IsDestinationError(failure) is false)
            SetAvailability(failure.Message);
        else
            await RequestProbe();
        return IsAvailable;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            if (!IsAvailable || clock.GetElapsedTime(Volatile.Read(ref confirmedAt)) > Interval)
                await RequestProbe();
        }
    }

    /// <summary>One probe at a time serves all concurrent callers.</summary>
    Task RequestProbe()
    {
        lock (gate)
            return probe is { IsCompleted: false } running ? running : probe = Task.Run(Probe);
    }

    async Task Probe()
    {
        using var timeout = new CancellationTokenSource(ProbeTimeout);
        try
        {
            await transport.Probe(timeout.Token);
            RecordConfirm();
            SetAvailability(null);
        }
        catch (Exception failure)
        {
            SetAvailability(failure is OperationCanceledException ? "no confirm within 2 s: unreachable, or in a memory or disk alarm" : failure.Message);
        }
    }

    void SetAvailability(string? trouble)
    {
        lock (gate)
        {
            if (trouble is not null && IsAvailable)
                log.LogWarning("The broker is unavailable; the outbox keeps the messages: {Failure}", trouble);
            if (trouble is null && !IsAvailable)
                log.LogInformation("The broker is available again");
            IsAvailable = trouble is null;
        }
    }
}
