using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// Restarts receivers soon after the broker is available again. MassTransit waits 3 to 30 seconds between two attempts, longer after a long
/// outage, and has no setting for it. All messages in the outboxes would wait as long. It also restarts receivers that neither receive nor
/// fail (<see cref="Limits.ReceiverStartSeconds"/>).
/// </summary>
sealed class ReceiveEndpointRestarter(
    IServiceProvider services, Limits limits, TimeProvider clock, ILogger<ReceiveEndpointRestarter> log, PublicTopology? topology = null)
    : BackgroundService, IReceiveEndpointObserver
{
    static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);
    static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<Uri, IReceiveEndpoint> failed = new();

    /// <summary>Since when receivers have neither received nor failed, by the monotonic clock.</summary>
    readonly Dictionary<Uri, long> silentSince = [];

    /// <summary>Mismatched queues, logged once each: a receiver retries every two seconds.</summary>
    readonly ConcurrentDictionary<Uri, bool> mismatched = new();

    /// <summary>Only recorded: the receiver itself calls this and cannot be stopped here.</summary>
    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        failed[faulted.InputAddress] = faulted.ReceiveEndpoint;
        if (IsMismatch(faulted.Exception) && mismatched.TryAdd(faulted.InputAddress, true))
            log.LogError(
                "The queue {Queue} exists with other arguments than this version declares, so this process receives nothing from it. "
                + "Empty it as docs/runbook.md says, and delete it (rabbitmqctl -p VHOST delete_queue QUEUE): "
                + "this process declares it again within seconds. {Failure}",
                QueueOf(faulted.InputAddress), faulted.Exception!.GetBaseException().Message);
        return Task.CompletedTask;
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        failed.TryRemove(ready.InputAddress, out _);
        mismatched.TryRemove(ready.InputAddress, out _);
        return Task.CompletedTask;
    }

    static string QueueOf(Uri address) => address.AbsolutePath.Split('/')[^1];

    static bool IsMismatch(Exception? failure) =>
        failure is RabbitMQ.Client.Exceptions.OperationInterruptedException { ShutdownReason.ReplyCode: 406 }
        || (failure?.InnerException is { } cause && IsMismatch(cause));

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(RetryInterval, clock);
        var bus = services.GetRequiredService<IBusControl>();
        while (await timer.WaitForTick(stoppingToken))
        {
            FindSilent(bus);
            await Task.WhenAll(failed.Keys.Select(address => Restart(address, stoppingToken)));
        }
    }

    void FindSilent(IBusControl bus)
    {
        foreach (var endpoint in bus.CheckHealth().Endpoints.Values)
        {
            var address = endpoint.InputAddress;
            if (endpoint.Status == BusHealthStatus.Healthy || failed.ContainsKey(address))
                silentSince.Remove(address);
            else if (!silentSince.TryAdd(address, clock.GetTimestamp())
                && clock.GetElapsedTime(silentSince[address]).TotalSeconds >= limits.ReceiverStartSeconds)
            {
                log.LogWarning("The receiver of {Address} has not started within {Seconds} s; restarting it", address, limits.ReceiverStartSeconds);
                silentSince.Remove(address);
                failed.TryAdd(address, endpoint.ReceiveEndpoint);
            }
        }
    }

    async Task Restart(Uri address, CancellationToken stopping)
    {
        if (!failed.TryRemove(address, out var endpoint))
            return;
        try
        {
            await Stop(endpoint, stopping);
            if (topology is not null)
                await topology.Declare(QueueOf(address), stopping).WaitAsync(StepTimeout, clock, stopping);
            endpoint.Start(CancellationToken.None);
        }
        catch (Exception failure) when (!failure.IsCancellationBy(stopping))
        {
            log.LogWarning("The receiver of {Address} could not be restarted; retrying: {Failure}", address, failure.Message);
            failed.TryAdd(address, endpoint);
        }
    }

    /// <summary>A receiver that waits forever does not stop either; a new one starts beside it.</summary>
    async Task Stop(IReceiveEndpoint endpoint, CancellationToken stopping)
    {
        try
        {
            await endpoint.Stop(stopping).WaitAsync(StepTimeout, clock, stopping);
        }
        catch (TimeoutException)
        {
            log.LogWarning("The receiver of {Address} did not stop within {Limit}; starting another", endpoint.InputAddress, StepTimeout);
        }
    }
}
