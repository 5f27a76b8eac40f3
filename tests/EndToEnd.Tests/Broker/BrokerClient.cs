using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace EndToEnd.Tests;

/// <summary>A program that knows one user's password and tries what it likes.</summary>
sealed class BrokerClient(IConnection connection) : IAsyncDisposable
{
    const ushort AccessRefused = 403;
    static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    readonly ConcurrentQueue<(string Type, JsonNode Message)> received = new();
    IChannel? channel;

    public string User { get; private init; } = "";

    public static async Task<BrokerClient> LogIn(Uri broker) =>
        new(await new ConnectionFactory { Uri = broker, AutomaticRecoveryEnabled = false }.CreateConnectionAsync()) { User = broker.UserInfo.Split(':')[0] };

    /// <summary>False if the broker refuses it for lack of rights. Another complaint of the broker means that the rights suffice.</summary>
    public async Task<bool> May(Func<IChannel, Task> act)
    {
        if (channel is not { IsOpen: true })
            channel = await connection.CreateChannelAsync(Confirmed);
        try
        {
            await act(channel);
            return true;
        }
        catch (RabbitMQClientException) when (channel.CloseReason is { } reason)
        {
            return reason.ReplyCode != AccessRefused;
        }
    }

    /// <summary>Sends to an exchange, as this user unless another is claimed; fails if the broker refuses it.</summary>
    public Task Send(string exchange, string contentType, string body, Action<BasicProperties>? change = null) =>
        Publish(exchange, "", contentType, body, change);

    /// <summary>Sends what looks like a message that the broker has removed from this queue.</summary>
    public Task Return(string queue, string contentType, string body) => Publish("ordersaga.returned", queue, contentType, body);

    async Task Publish(string exchange, string routingKey, string contentType, string body, Action<BasicProperties>? change = null)
    {
        var properties = new BasicProperties { ContentType = contentType, Persistent = true, UserId = User };
        change?.Invoke(properties);
        await using var own = await connection.CreateChannelAsync(Confirmed);
        await own.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, Encoding.UTF8.GetBytes(body));
    }

    /// <summary>Receives events in a queue of its own, bound to their exchanges.</summary>
    public async Task Subscribe(params string[] events)
    {
        var own = await connection.CreateChannelAsync();
        await own.QueueDeclareAsync(User, durable: true, exclusive: false, autoDelete: false);
        foreach (var name in events)
            await own.QueueBindAsync(User, $"OrderSaga.Contracts:{name}", "");
        var consumer = new AsyncEventingBasicConsumer(own);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            var body = JsonNode.Parse(delivery.Body.Span)!;
            received.Enqueue((((string)body["messageType"]![0]!).Split(':')[^1], body["message"]!));
            return Task.CompletedTask;
        };
        await own.BasicConsumeAsync(User, autoAck: true, consumer);
    }

    /// <summary>Waits for the event about the order with this key.</summary>
    public async Task<JsonNode> Event(string type, string key) =>
        (await Eventually.Becomes($"{type} of {key}", () => Task.FromResult(Find(type, key)), found => found is not null))!;

    JsonNode? Find(string type, string key) =>
        received.Where(one => one.Type == type && (string?)one.Message["idempotencyKey"] == key).Select(one => one.Message).FirstOrDefault();

    public async ValueTask DisposeAsync() => await connection.DisposeAsync();
}
