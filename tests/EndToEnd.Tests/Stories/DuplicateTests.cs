using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace EndToEnd.Tests;

/// <summary>
/// Every message arrives three times, as a broker may deliver it. On the in-memory transport nobody but the platform can copy
/// a delivery: its own tests do.
/// </summary>
public sealed class DuplicateTests(Fleet fleet) : Story(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Three_deliveries_of_every_message_have_the_effect_of_one(Mode mode)
    {
        Assert.SkipUnless(mode.Transport == "RabbitMq", "Only the platform's own tests can copy a delivery in memory.");
        using var shop = await On(mode);
        var skus = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.NewSku(40)));
        await using var copier = await Copier.Start(shop.System.Vhost, ["orders", "inventory", "payments"]);
        var load = new Load(shop, Load.Mixed(100, skus, seed: 3));

        var placed = await load.Run(callers: 8);
        await shop.System.Checker.AtRest();
        await copier.HasNothingLeft();

        Say($"{copier.Copied} messages were delivered three times");
        copier.Copied.ShouldBeGreaterThan(placed.Count * 5);
        await shop.System.Checker.IsClean([.. placed.Select(one => one.OrderId)]);
    }
}

/// <summary>Listens beside each queue, at the exchange before it, and puts every message twice more into the queue itself.</summary>
sealed class Copier(IConnection connection, IChannel channel) : IAsyncDisposable
{
    readonly List<string> listening = [];
    int copied;

    public int Copied => Volatile.Read(ref copied);

    public static async Task<Copier> Start(string vhost, IReadOnlyList<string> queues)
    {
        var factory = new ConnectionFactory { Uri = new Uri($"{Mode.RabbitMq!.TrimEnd('/')}/{vhost}") };
        var connection = await factory.CreateConnectionAsync();
        var copier = new Copier(connection, await connection.CreateChannelAsync());
        foreach (var queue in queues)
            await copier.Listen(queue);
        return copier;
    }

    /// <summary>Everything that was to be copied is copied, and every queue of the services is empty.</summary>
    public Task HasNothingLeft() => Eventually.Holds("every copy is handled", async () =>
    {
        foreach (var queue in listening)
            if (await channel.MessageCountAsync(queue) > 0 || await channel.MessageCountAsync(queue["copies-".Length..]) > 0)
                return false;
        return true;
    }, TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }

    async Task Listen(string queue)
    {
        var own = (await channel.QueueDeclareAsync("copies-" + queue, durable: false, exclusive: true, autoDelete: true)).QueueName;
        await channel.QueueBindAsync(own, exchange: queue, routingKey: "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, message) =>
        {
            var properties = new BasicProperties(message.BasicProperties);
            var body = message.Body.ToArray();
            for (var copy = 0; copy < 2; copy++)
                await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
            Interlocked.Add(ref copied, Unpacked.Of(System.Text.Encoding.UTF8.GetString(body)).Count());
        };
        await channel.BasicConsumeAsync(own, autoAck: true, consumer);
        listening.Add(own);
    }
}
