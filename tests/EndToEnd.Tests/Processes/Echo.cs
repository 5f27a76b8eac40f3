using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace EndToEnd.Tests;

/// <summary>
/// A broker that delivers everything more than once: it listens to the exchanges before the services' queues, and puts copies
/// of what goes by into the queues themselves, with the same message id.
/// </summary>
public sealed class Echo : IAsyncDisposable
{
    static readonly string[] Queues = ["inventory", "payments", "orders"];

    readonly IConnection connection;
    readonly IChannel channel;
    int heard;

    Echo(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    /// <summary>Messages that went by, each of them once.</summary>
    public int Heard => heard;

    /// <param name="vhost">Where the services' queues are.</param>
    /// <param name="copies">How many copies follow each message.</param>
    public static async Task<Echo> On(string vhost, int copies)
    {
        var factory = new ConnectionFactory { Uri = new Uri($"{Mode.RabbitMq!.TrimEnd('/')}/{vhost}") };
        var opened = await factory.CreateConnectionAsync();
        var echo = new Echo(opened, await opened.CreateChannelAsync());
        foreach (var queue in Queues)
            await echo.Listen(queue, copies);
        return echo;
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    async Task Listen(string queue, int copies)
    {
        var tap = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(tap, queue, "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            Interlocked.Increment(ref heard);
            var properties = new BasicProperties(message.BasicProperties);
            var body = message.Body.ToArray();
            for (var copy = 0; copy < copies; copy++)
                await channel.BasicPublishAsync("", queue, false, properties, body);
        };
        await channel.BasicConsumeAsync(tap, true, consumer);
    }
}
