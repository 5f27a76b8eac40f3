using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Installed;

/// <summary>How a mangler treats published messages.</summary>
/// <param name="Drop">The share of publishes that are lost, 0 to 1.</param>
/// <param name="Copies">How often each of the others is delivered.</param>
/// <param name="HoldBack">The mean delay of each copy. Delays are distributed exponentially, so some messages overtake many others.</param>
public sealed record Mangling(double Drop, int Copies, TimeSpan HoldBack);

/// <summary>
/// Stands between the exchange of each queue and the queue; drops, copies and delays what is published. It loses nothing else: an original
/// is acknowledged only when the broker has all its copies. A publish may be an envelope; all its messages are treated alike.
/// </summary>
public sealed class Mangler : IAsyncDisposable
{
    static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    /// <summary>A starting service binds its queue again. Until this time has passed, published messages also arrive directly.</summary>
    static readonly TimeSpan DivertInterval = TimeSpan.FromMilliseconds(250);

    readonly IConnection connection;
    readonly IChannel channel;
    readonly IChannel confirmed;
    readonly IReadOnlyList<string> queues;
    readonly Mangling how;
    readonly Random chance;
    readonly List<string> consumers = [];
    readonly HeldBack held = new();
    readonly Lock gate = new();
    readonly SemaphoreSlim bindings = new(1);
    readonly Task pump;
    Mangled count = new();
    ulong latest;
    volatile bool ending;

    Mangler(IConnection connection, IChannel channel, IChannel confirmed, IReadOnlyList<string> queues, Mangling how, int seed)
    {
        (this.connection, this.channel, this.confirmed, this.queues, this.how) = (connection, channel, confirmed, queues, how);
        chance = new Random(seed);
        pump = Pump();
    }

    public Mangled Count
    {
        get
        {
            lock (gate)
                return count;
        }
    }

    /// <param name="broker">The broker URL with the virtual host.</param>
    /// <param name="queues">The queues, already bound by their services.</param>
    /// <param name="how">What to do with each publish.</param>
    /// <param name="seed">The seed of the random choices.</param>
    public static async Task<Mangler> Start(Uri broker, IReadOnlyList<string> queues, Mangling how, int seed)
    {
        var opened = await new ConnectionFactory { Uri = broker }.CreateConnectionAsync();
        var confirms = new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, null);
        var mangler = new Mangler(opened, await opened.CreateChannelAsync(), await opened.CreateChannelAsync(confirms), queues, how, seed);
        foreach (var queue in queues)
            await mangler.Listen(queue);
        await mangler.Divert();
        return mangler;
    }

    /// <summary>Restores the queues: new messages take the direct way; delayed ones are released at once and handled.</summary>
    public async Task End()
    {
        await GiveBack();
        await AreEmpty([.. queues.Select(QueueName)]);
        // Returns when the consumer has seen every earlier delivery.
        foreach (var consumer in consumers)
            await channel.BasicCancelAsync(consumer);
        held.Close();
        await pump;
        await AreEmpty(queues);
        foreach (var queue in queues)
            await channel.QueueDeleteAsync(QueueName(queue));
    }

    public async ValueTask DisposeAsync()
    {
        if (!ending)
            await End();
        await connection.DisposeAsync();
        bindings.Dispose();
    }

    static string QueueName(string queue) => "mangled-" + queue;

    async Task AreEmpty(IReadOnlyList<string> ones)
    {
        foreach (var queue in ones)
            await Eventually.Holds($"{queue} is empty", async () => await channel.MessageCountAsync(queue) == 0, TimeSpan.FromSeconds(60));
    }

    async Task Listen(string queue)
    {
        await channel.QueueDeclareAsync(QueueName(queue), durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync(QueueName(queue), exchange: queue, routingKey: "");
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) => Receive(queue, delivery);
        consumers.Add(await channel.BasicConsumeAsync(QueueName(queue), autoAck: false, consumer));
    }

    async Task Divert()
    {
        await bindings.WaitAsync();
        try
        {
            foreach (var queue in ending ? [] : queues)
                await channel.QueueUnbindAsync(queue, exchange: queue, routingKey: "");
        }
        finally
        {
            bindings.Release();
        }
    }

    async Task GiveBack()
    {
        ending = true;
        await bindings.WaitAsync();
        foreach (var queue in queues)
        {
            await channel.QueueBindAsync(queue, exchange: queue, routingKey: "");
            await channel.QueueUnbindAsync(QueueName(queue), exchange: queue, routingKey: "");
        }

        bindings.Release();
    }

    async Task Receive(string queue, BasicDeliverEventArgs delivery)
    {
        var original = new Original(queue, delivery.DeliveryTag, new BasicProperties(delivery.BasicProperties), delivery.Body.ToArray(), how.Copies);
        var lost = chance.NextDouble() < how.Drop;
        lock (gate)
            count = lost ? count with { Dropped = count.Dropped + original.Messages } : count with { Taken = count.Taken + original.Messages };
        for (var copy = lost ? how.Copies : 0; copy < how.Copies; copy++)
            held.Add(original, how.HoldBack * -Math.Log(1 - chance.NextDouble()));
        if (lost)
            await Acknowledge(original);
    }

    async Task Pump()
    {
        var diverted = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(Tick);
        while (!held.IsOver && await tick.WaitForNextTickAsync())
        {
            await Task.WhenAll(held.TakeDue().Select(Put));
            if (diverted.Elapsed < DivertInterval)
                continue;
            await IfThere(async () => await Divert());
            diverted.Restart();
        }
    }

    async Task Put(Original copy)
    {
        if (!await IfThere(() => confirmed.BasicPublishAsync("", copy.Queue, mandatory: true, copy.Properties, copy.Body)))
        {
            held.Add(copy, DivertInterval);
            return;
        }

        if (copy.Arrived())
            await Acknowledge(copy);
        lock (gate)
        {
            count = count with
            {
                Delivered = count.Delivered + copy.Messages,
                Overtaken = count.Overtaken + (copy.Tag < latest ? copy.Messages : 0),
            };
            latest = Math.Max(latest, copy.Tag);
        }
    }

    Task<bool> Acknowledge(Original original) => IfThere(() => channel.BasicAckAsync(original.Tag, multiple: false));

    /// <summary>The broker may be unavailable for a while; it redelivers what was not acknowledged.</summary>
    static async Task<bool> IfThere(Func<ValueTask> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception unavailable) when (unavailable is RabbitMQClientException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            return false;
        }
    }
}
