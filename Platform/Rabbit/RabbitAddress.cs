using MassTransit;
using OrderSaga.Platform.Outbox;
using RabbitMQ.Client;

namespace OrderSaga.Platform.Rabbit;

/// <summary>Address of a message on the broker.</summary>
/// <param name="Exchange">The exchange. Never the default one: the right to write to it is the right to write to every queue.</param>
/// <param name="RoutingKey">Routing key; the fanout exchanges of message types ignore it.</param>
/// <param name="Mandatory">The message must reach a queue.</param>
/// <param name="Declare">Declares the exchange if missing: an event may have no subscribers.</param>
/// <param name="IsReply">An answer to a request; dropped if the requester's exchange no longer exists.</param>
sealed record RabbitAddress(string Exchange, string RoutingKey, bool Mandatory, bool Declare, bool IsReply)
{
    static readonly Uri AnyHost = new("rabbitmq://localhost/");

    /// <summary>Parses a MassTransit address: <c>exchange:name</c>, <c>rabbitmq://host/vhost/name?temporary=true</c>, ...</summary>
    public static RabbitAddress Of(string destination)
    {
        var toQueue = StoredMessage.IsToQueue(destination);
        var address = new RabbitMqEndpointAddress(AnyHost, StoredMessage.AddressOf(destination));
        // Exchanges of events are named Namespace:Message.
        var isEvent = address.Name.Contains(':', StringComparison.Ordinal);
        return new RabbitAddress(address.Name, "", toQueue, isEvent, IsReply: !toQueue && !isEvent);
    }

    /// <summary>Every queue of ours has an exchange of its name that leads to it alone.</summary>
    public static RabbitAddress OfQueue(string queue) => new(queue, "", Mandatory: true, Declare: false, IsReply: false);

    /// <summary>A message to a built-in exchange to which no queue is bound.</summary>
    public static readonly RabbitAddress Nowhere = new("amq.direct", "ordersaga.probe", Mandatory: false, Declare: false, IsReply: false);
}

/// <summary>The broker is available but did not accept this message.</summary>
sealed class MessageRejectedException(string message, Exception cause) : Exception(message, cause);

/// <summary>A channel that is opened when needed and reopened after it was closed.</summary>
sealed class PublishChannel(Func<CancellationToken, Task<IChannel>> open) : IAsyncDisposable
{
    const int NotFound = 404;

    readonly SemaphoreSlim opening = new(1);
    IChannel? channel;
    string? declared;

    public async Task Publish(RabbitAddress target, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        while (!await TryPublish(target, properties, body, cancel))
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (channel is not null)
            await channel.DisposeAsync();
        opening.Dispose();
    }

    /// <summary>False: the channel was closed because another requester is gone; send this answer on a new channel.</summary>
    async Task<bool> TryPublish(RabbitAddress target, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        try
        {
            var ready = channel is { IsOpen: true } current && (!target.Declare || declared == target.Exchange) ? current : await Ready(target, cancel);
            await ready.BasicPublishAsync(target.Exchange, target.RoutingKey, target.Mandatory, properties, body, cancel).AsTask().WaitAsync(cancel);
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.PublishException rejected)
        {
            throw new MessageRejectedException(rejected.IsReturn
                ? "The broker returned it: no queue is bound." : "The broker rejected it (nack): a queue behind the destination is full.", rejected);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException gone) when (target.IsReply && gone.ShutdownReason is { ReplyCode: NotFound } reason)
        {
            // If the missing exchange is this requester's, no requester waits for the answer.
            return reason.ReplyText.Contains($"exchange '{target.Exchange}'", StringComparison.Ordinal);
        }
    }

    async Task<IChannel> Ready(RabbitAddress target, CancellationToken cancel)
    {
        await opening.WaitAsync(cancel);
        try
        {
            if (channel is not { IsOpen: true })
            {
                if (channel is not null)
                    await channel.DisposeAsync();
                (channel, declared) = (null, null);
                channel = await open(cancel);
            }

            if (target.Declare && declared != target.Exchange)
            {
                await channel.ExchangeDeclareAsync(target.Exchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancel);
                declared = target.Exchange;
            }

            return channel;
        }
        finally
        {
            opening.Release();
        }
    }
}
