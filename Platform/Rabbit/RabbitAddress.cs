using MassTransit;
using OrderSaga.Platform.Outbox;
using RabbitMQ.Client;

namespace OrderSaga.Platform.Rabbit;

/// <summary>Where the broker is to take a message.</summary>
/// <param name="Exchange">Its exchange; empty: the queue of the routing key's name.</param>
/// <param name="RoutingKey">The fanout exchanges of messages look at none.</param>
/// <param name="Mandatory">It must reach a queue.</param>
/// <param name="Declare">The exchange is made if it is not there: that of an event without subscribers.</param>
/// <param name="IsReply">It answers a request. It is dropped when the requester's exchange no longer exists.</param>
sealed record RabbitAddress(string Exchange, string RoutingKey, bool Mandatory, bool Declare, bool IsReply)
{
    static readonly Uri AnyHost = new("rabbitmq://localhost/");

    /// <summary>What MassTransit calls the address: <c>exchange:name</c>, <c>rabbitmq://host/vhost/name?temporary=true</c>, ...</summary>
    public static RabbitAddress Of(string destination)
    {
        var toQueue = StoredMessage.IsToQueue(destination);
        var address = new RabbitMqEndpointAddress(AnyHost, StoredMessage.AddressOf(destination));
        // Events' exchanges are named Namespace:Message.
        var isEvent = address.Name.Contains(':', StringComparison.Ordinal);
        return new RabbitAddress(address.Name, "", toQueue, isEvent, IsReply: !toQueue && !isEvent);
    }

    public static RabbitAddress OfQueue(string queue) => new("", queue, Mandatory: true, Declare: false, IsReply: false);
}

/// <summary>The broker is there, and did not take this message.</summary>
sealed class MessageRejectedException(string message, Exception cause) : Exception(message, cause);

/// <summary>One channel, opened when it is needed and again after it was closed.</summary>
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

    /// <summary>False: the channel was closed because another requester is gone, and this answer must be sent on a new one.</summary>
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
            // If the missing exchange is this requester's, no one needs the answer any more.
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
