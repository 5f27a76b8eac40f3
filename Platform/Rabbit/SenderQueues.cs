using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// The classic queues of endpoints that receive from external systems. MassTransit declares only queues that it binds, and these must not
/// be bound: published messages would arrive twice. So they are declared before the bus starts, and again when a receiver has lost its
/// queue.
/// </summary>
sealed class SenderQueues(RabbitTransport transport, IReadOnlyCollection<string> names, ILogger<SenderQueues> log) : IHostedService
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(names.Select(name => Declare(name, cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Declares the queue if it is one of these.</summary>
    public async Task Declare(string name, CancellationToken stopping)
    {
        if (!names.Contains(name))
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Timeout);
        try
        {
            await transport.DeclareClassic(name, limit.Token);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            log.LogWarning("Queue {Queue} could not be declared; its receiver retries every two seconds: {Failure}", name, failure.Message);
        }
    }
}
