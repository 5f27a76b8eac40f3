using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace PlantedBugs;

/// <summary>The system's broker, for tests that change its messages.</summary>
sealed class Wire(IConnection connection, IChannel channel, string user) : IAsyncDisposable
{
    readonly ConcurrentDictionary<string, int> seen = new();
    readonly ConcurrentDictionary<(string Type, string Order), int> answers = new();

    public static async Task<Wire> To(Running system)
    {
        var connection = await new ConnectionFactory { Uri = system.Broker }.CreateConnectionAsync();
        return new Wire(connection, await connection.CreateChannelAsync(new CreateChannelOptions(true, true, null)), system.Broker.UserInfo.Split(':')[0]);
    }

    /// <summary>The number of messages in a queue.</summary>
    public Task<uint> Waiting(string queue) => channel.MessageCountAsync(queue);

    /// <summary>Sends a message and waits for the broker's confirm.</summary>
    public async Task Send<T>(string queue, T message)
    {
        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true, UserId = user };
        var envelope = new { messageId = Guid.CreateVersion7(), messageType = new[] { $"urn:message:{typeof(T).Namespace}:{typeof(T).Name}" }, message };
        await channel.BasicPublishAsync("", queue, mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(envelope, JsonSerializerOptions.Web));
    }

    /// <summary>Moves the last message to the front.</summary>
    public async Task Reverse(string queue) => await Put(queue, (await TakeAll(queue)).Reverse());

    public async Task LoseAllBut<T>(string queue) => await Put(queue, (await TakeAll(queue))
        .Where(message => Unpacked.Of(Encoding.UTF8.GetString(message.Body.Span)).Any(inside => inside.Type == typeof(T).Name)));

    async Task<IEnumerable<BasicGetResult>> TakeAll(string queue)
    {
        var taken = new List<BasicGetResult>();
        while (await channel.BasicGetAsync(queue, autoAck: true) is { } message)
            taken.Add(message);
        return taken;
    }

    async Task Put(string queue, IEnumerable<BasicGetResult> messages)
    {
        foreach (var message in messages)
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties(message.BasicProperties), message.Body);
    }

    /// <summary>Counts from now on how often each message is sent to a queue.</summary>
    public async Task Watch(string queue)
    {
        var own = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(own, exchange: queue, routingKey: "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
        {
            seen.AddOrUpdate($"{message.BasicProperties.MessageId} to {queue}", 1, (_, times) => times + 1);
            foreach (var inside in Unpacked.Of(Encoding.UTF8.GetString(message.Body.Span)))
                answers.AddOrUpdate((inside.Type, (string)inside.Message["orderId"]!), 1, (_, times) => times + 1);
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(own, autoAck: true, consumer);
    }

    /// <summary>Messages that were sent more than once.</summary>
    public IEnumerable<string> SentAgain() =>
        seen.Where(message => message.Value > 1).Select(message => $"message {message.Key} was sent {message.Value} times");

    /// <summary>Messages about one order and of one type that were sent more often than a command and one repetition by recovery ask for.</summary>
    public IEnumerable<string> AnsweredAgain() =>
        answers.Where(answer => answer.Value > 2).Select(answer => $"{answer.Key.Type} of order {answer.Key.Order} was sent {answer.Value} times");

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
