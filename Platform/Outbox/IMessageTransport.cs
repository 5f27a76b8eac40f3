using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Outbox;

/// <summary>Sends serialized messages to their destinations.</summary>
interface IMessageTransport
{
    /// <summary>Completes when the message is stored durably; throws if that failed or is unknown.</summary>
    Task Send(OutboxMessage message, CancellationToken cancel);

    /// <summary>Completes if the transport accepts messages, whatever their destination.</summary>
    Task Probe(CancellationToken cancel);

    /// <summary>True: only this destination failed. False: all sends fail. Null: unknown.</summary>
    bool? IsDestinationError(Exception failure);
}

/// <summary>The in-memory bus.</summary>
sealed class InMemoryTransport(IServiceProvider services) : IMessageTransport
{
    public async Task Send(OutboxMessage message, CancellationToken cancel)
    {
        // Not in the constructor: the bus is built with its endpoints, and they need the outbox.
        var endpoint = await services.GetRequiredService<IBus>().GetSendEndpoint(StoredMessage.AddressOf(message.Destination));
        await endpoint.Send(new SerializedMessageBody(), StoredMessage.Of(message), cancel);
    }

    public Task Probe(CancellationToken cancel) => Task.CompletedTask;

    public bool? IsDestinationError(Exception failure) => failure is not (OperationCanceledException or ObjectDisposedException or ConnectionException);
}
