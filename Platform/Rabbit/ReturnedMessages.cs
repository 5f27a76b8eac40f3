using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// Puts back what the broker took from one of our queues, with a confirm before the acknowledgement and after a pause: a message that kills its consumer comes
/// again, but not in a hot loop, and its neighbours begin with a new count. Its queue is a classic one, which knows no delivery limit; any process reads it.
/// </summary>
sealed class ReturnedMessages(RabbitTransport transport, TimeProvider clock, ILogger<ReturnedMessages> log) : IFilter<ReceiveContext>
{
    /// <summary>Of the queue and of the exchange in front of it. The routing key is the name of the queue that lost the message.</summary>
    public const string Queue = "ordersaga.returned";

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    static readonly Counter<long> Returned = Instruments.Meter.CreateCounter<long>(
        "ordersaga.messages.returned", "{message}", "Messages that the broker took from a queue (delivery limit, TTL), put back");

    public static void Configure(IRabbitMqBusFactoryConfigurator bus, ReturnedMessages filter, Limits limits) => bus.ReceiveEndpoint(Queue, receive =>
    {
        receive.PrefetchCount = limits.Prefetch;
        receive.ConcurrentMessageLimit = null;
        receive.ConfigureConsumeTopology = false;
        receive.SetQueueArgument("x-overflow", "reject-publish");
        receive.ConfigureReceive(pipe => pipe.UseFilter(filter));
    });

    /// <summary>When it throws, the delivery goes back to its queue, and comes again.</summary>
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var delivery = context.GetPayload<RabbitMqBasicConsumeContext>();
        await Task.Delay(Pause, clock, context.CancellationToken);
        var (queue, death) = (delivery.RoutingKey ?? "", Death(delivery.Properties.Headers));
        if (Text(death, "reason") == "expired" && death.ContainsKey("original-expiration"))
        {
            log.LogInformation("{MessageId} of {Queue} is dropped: its sender gave it a time to live, which is over", delivery.Properties.MessageId, queue);
            return;
        }

        using var timeout = new CancellationTokenSource(Timeout);
        await transport.SendToQueue(queue, Copy(delivery.Properties), context.GetBody(), timeout.Token);
        log.LogWarning(
            "{MessageId} was taken from {Queue} by the broker and is put back: {Reason}", delivery.Properties.MessageId, queue, Text(death, "reason"));
        Returned.Add(1, new KeyValuePair<string, object?>("queue", queue));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("returned-messages");

    /// <summary>As it was sent; without what brokers note on the way, by which they would take the return for a cycle.</summary>
    static BasicProperties Copy(IReadOnlyBasicProperties sent)
    {
        var copy = new BasicProperties(sent) { Persistent = true };
        copy.Headers = sent.Headers?.Where(header => !header.Key.StartsWith("x-", StringComparison.Ordinal)).ToDictionary();
        copy.ClearExpiration();
        return copy;
    }

    /// <summary>https://www.rabbitmq.com/docs/dlx: the latest death is the first in the list.</summary>
    static IDictionary<string, object?> Death(IDictionary<string, object?>? headers) =>
        headers?.TryGetValue("x-death", out var deaths) == true && deaths is System.Collections.IList { Count: > 0 } list
            && list[0] is IDictionary<string, object?> latest ? latest : new Dictionary<string, object?>();

    static string Text(IDictionary<string, object?> death, string name) =>
        death.TryGetValue(name, out var value) && value is byte[] text ? System.Text.Encoding.UTF8.GetString(text) : "";
}
