using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// The classic queues of the endpoints that take messages from systems outside. MassTransit declares no queue that it does not bind, and these must not
/// be bound: what is published would come twice. So they are declared before the bus starts, and again when a receiver has lost its queue.
/// </summary>
sealed class SenderQueues(RabbitTransport transport, IReadOnlyCollection<string> names, ILogger<SenderQueues> log) : IHostedService
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(names.Select(name => Declare(name, cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Does nothing for a queue that is not one of these.</summary>
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
            log.LogWarning("The queue {Queue} could not be declared; its receiver tries again every two seconds: {Failure}", name, failure.Message);
        }
    }
}
