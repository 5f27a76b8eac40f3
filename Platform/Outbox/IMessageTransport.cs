using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Outbox;

/// <summary>Takes serialized messages to where they go.</summary>
interface IMessageTransport
{
    /// <summary>Ends when the message is there for good; throws when it is not, or not known to be.</summary>
    Task Send(OutboxMessage message, CancellationToken cancel);

    /// <summary>Ends when the transport takes messages, whatever their destination.</summary>
    Task Probe(CancellationToken cancel);

    /// <summary>True: this failure is the destination's alone. False: all sends fail. Null: unknown.</summary>
    bool? IsOfDestination(Exception failure);
}

/// <summary>The bus inside the process.</summary>
sealed class InMemoryTransport(IServiceProvider services) : IMessageTransport
{
    public async Task Send(OutboxMessage message, CancellationToken cancel)
    {
        // Not in the constructor: the bus is built with its endpoints, and those with the outbox.
        var endpoint = await services.GetRequiredService<IBus>().GetSendEndpoint(StoredMessage.AddressOf(message.Destination));
        await endpoint.Send(new SerializedMessageBody(), StoredMessage.Of(message), cancel);
    }

    public Task Probe(CancellationToken cancel) => Task.CompletedTask;

    public bool? IsOfDestination(Exception failure) => failure is not (OperationCanceledException or ObjectDisposedException or ConnectionException);
}
