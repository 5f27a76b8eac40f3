using RabbitMQ.Client;

namespace FaultRuns.Conditions;

/// <summary>The full queue of another system that subscribes to an event: the broker answers every publish to it with a nack.</summary>
public sealed class FullSubscriber : IAsyncDisposable
{
    const string Namespace = "OrderSaga.Contracts";

    readonly IConnection connection;
    readonly IChannel channel;
    readonly string queue;

    FullSubscriber(IConnection connection, IChannel channel, string queue) =>
        (this.connection, this.channel, this.queue) = (connection, channel, queue);

    /// <summary>The events that others may subscribe to, as docs/asyncapi.yaml lists them.</summary>
    public static IReadOnlyList<string> Events { get; } =
        ["OrderSubmitted", "OrderRejected", "OrderCompleted", "OrderCancelled", "OrderNeedsReview"];

    public static async Task<FullSubscriber> Bind(FaultRun run, string contract)
    {
        var opened = await new ConnectionFactory { Uri = run.System.Broker }.CreateConnectionAsync();
        var own = await opened.CreateChannelAsync(new CreateChannelOptions(true, true, null));
        var (exchange, name) = ($"{Namespace}:{contract}", $"full-subscriber-{contract}");
        await own.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
        await own.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-max-length"] = 1, ["x-overflow"] = "reject-publish",
        });
        await own.BasicPublishAsync("", name, mandatory: true, new BasicProperties(), ReadOnlyMemory<byte>.Empty);
        await own.QueueBindAsync(name, exchange, routingKey: "");
        return new FullSubscriber(opened, own, name);
    }

    public async ValueTask DisposeAsync()
    {
        await channel.QueueDeleteAsync(queue);
        await connection.DisposeAsync();
    }
}
