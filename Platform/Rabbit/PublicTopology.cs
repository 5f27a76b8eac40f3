using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// What external systems need, declared before the bus starts, and again when a receiver has lost its queue: the exchanges of events, and
/// the classic queues of endpoints that receive from external systems. MassTransit declares only queues that it binds, and these must not
/// be bound: published messages would arrive twice.
/// </summary>
/// <param name="transport">To the broker.</param>
/// <param name="queues">The classic queues.</param>
/// <param name="events">The addresses of the events' exchanges; known when the bus is built.</param>
/// <param name="log">For failures.</param>
sealed class PublicTopology(
    RabbitTransport transport, IReadOnlyCollection<string> queues, Func<IEnumerable<string>> events, ILogger<PublicTopology> log) : IHostedService
{
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(queues.Select(queue => Declare(queue, cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Declares the queue, if it is one of these, and the exchanges of events.</summary>
    public async Task Declare(string queue, CancellationToken stopping)
    {
        if (!queues.Contains(queue))
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Timeout);
        try
        {
            await transport.DeclareClassic(queue, limit.Token);
            foreach (var address in events())
                await transport.DeclareEvent(address, limit.Token);
        }
        catch (Exception failure) when (!failure.IsCancellationBy(stopping))
        {
            log.LogWarning("Queue {Queue} could not be declared; its receiver retries every two seconds: {Failure}", queue, failure.Message);
        }
    }
}
