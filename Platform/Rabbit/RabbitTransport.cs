using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using OrderSaga.Platform.Outbox;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// Publishes with confirms on its own connection, on which nothing is consumed. Each destination has its own channel: the broker closes the
/// channel of a refused send, which would interrupt all destinations on MassTransit's single channel. A nack fails the send at once.
/// </summary>
sealed class RabbitTransport(Uri url) : IMessageTransport, IAsyncDisposable
{
    /// <summary>Channel for answers to requests: the requesters' exchanges are short-lived and too many for a channel each.</summary>
    const string Replies = "replies";

    /// <summary>AMQP 0-9-1 soft errors: the broker refuses this send and closes its channel, but keeps the connection.</summary>
    static readonly int[] Refusals = [311, 313, 403, 404, 405, 406];

    static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
        // The client's limiter throttles long before its limit; the outbox limits its sends itself.
        outstandingPublisherConfirmationsRateLimiter: null);

    readonly ConnectionFactory factory = FactoryOf(url);
    readonly SemaphoreSlim opening = new(1);
    readonly ConcurrentDictionary<string, PublishChannel> channels = new();
    IConnection? connection;

    /// <summary>The broker user of this process. The broker refuses a message with another user-id.</summary>
    public string User => factory.UserName;

    public Task Send(OutboxMessage message, CancellationToken cancel)
    {
        var target = RabbitAddress.Of(message.Destination);
        var channel = channels.GetOrAdd(target.IsReply ? Replies : target.Exchange, _ => new PublishChannel(Open));
        var properties = new BasicProperties
        {
            MessageId = message.Id.ToString(),
            CorrelationId = message.CorrelationId?.ToString(),
            ContentType = message.ContentType,
            Persistent = true,
            UserId = User,
            // MassTransit's consumers continue the trace from this header.
            Headers = Activity.Current?.Id is { } trace ? new Dictionary<string, object?> { ["MT-Activity-Id"] = trace } : null,
        };
        return channel.Publish(target, properties, Encoding.UTF8.GetBytes(message.Body), cancel);
    }

    /// <summary>Sends to a queue by name as this process's user; throws if the queue does not exist or rejects the message.</summary>
    public Task SendToQueue(string queue, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        properties.UserId = User;
        return channels.GetOrAdd("queue " + queue, _ => new PublishChannel(Open)).Publish(RabbitAddress.OfQueue(queue), properties, body, cancel);
    }

    /// <summary>Declares a classic queue without arguments, as MassTransit does for senders to <c>queue:NAME</c>.</summary>
    public async Task DeclareClassic(string queue, CancellationToken cancel)
    {
        await using var channel = await Open(cancel);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancel);
    }

    /// <summary>Declares one of our replicated queues with its exchange, as its consumers do.</summary>
    /// <returns>The number of its consumers.</returns>
    public async Task<uint> DeclareQuorum(string queue, CancellationToken cancel)
    {
        await using var channel = await Open(cancel);
        await channel.ExchangeDeclareAsync(queue, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancel);
        var declared = await channel.QueueDeclareAsync(
            queue, durable: true, exclusive: false, autoDelete: false, QueueArguments.Of(queue).ToDictionary(), cancellationToken: cancel);
        await channel.QueueBindAsync(queue, queue, "", cancellationToken: cancel);
        return declared.ConsumerCount;
    }

    /// <summary>Declares the exchange of an event, as a sender of the event does.</summary>
    public async Task DeclareEvent(string destination, CancellationToken cancel)
    {
        await using var channel = await Open(cancel);
        await channel.ExchangeDeclareAsync(
            RabbitAddress.Of(destination).Exchange, ExchangeType.Fanout, durable: true, autoDelete: false, cancellationToken: cancel);
    }

    /// <summary>
    /// Sends a message that reaches no queue: a healthy broker confirms it at once, one in a memory or disk alarm does not.
    /// </summary>
    public Task Probe(CancellationToken cancel) => channels.GetOrAdd("probe", _ => new PublishChannel(Open))
        .Publish(RabbitAddress.Nowhere, new BasicProperties(), default, cancel);

    public bool? IsDestinationError(Exception failure) => failure switch
    {
        MessageRejectedException => true,
        OperationInterruptedException { ShutdownReason.ReplyCode: var code } => Refusals.Contains(code),
        UriFormatException or ArgumentException or FormatException => true,
        OperationCanceledException => null,
        _ => false,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in channels.Values)
            await channel.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
        opening.Dispose();
    }

    static ConnectionFactory FactoryOf(Uri url) => new()
    {
        Uri = url.Scheme switch
        {
            // MassTransit's scheme names.
            "rabbitmq" => new UriBuilder(url) { Scheme = "amqp" }.Uri,
            "rabbitmqs" => new UriBuilder(url) { Scheme = "amqps" }.Uri,
            _ => url,
        },
        // The next send reopens a lost channel.
        AutomaticRecoveryEnabled = false,
        TopologyRecoveryEnabled = false,
        RequestedHeartbeat = TimeSpan.FromSeconds(10),
        ClientProvidedName = $"{AppDomain.CurrentDomain.FriendlyName} outbox",
    };

    async Task<IChannel> Open(CancellationToken cancel)
    {
        await opening.WaitAsync(cancel);
        try
        {
            if (connection is not { IsOpen: true })
            {
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = null;
                connection = await factory.CreateConnectionAsync(cancel);
            }

            return await connection.CreateChannelAsync(Confirmed, cancel);
        }
        finally
        {
            opening.Release();
        }
    }
}
