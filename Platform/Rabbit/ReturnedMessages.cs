using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using MassTransit;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using RabbitMQ.Client;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// Puts messages back that the broker removed from our queues: confirmed before the acknowledgement, and after a delay. A message that
/// kills its consumer comes again, but not in a tight loop, and its neighbours start with a new count. Its own queue is a classic one
/// without a delivery limit. One service reads it, whose user may write to all queues.
/// </summary>
sealed partial class ReturnedMessages(RabbitTransport transport, Senders senders, TimeProvider clock, ILogger<ReturnedMessages> log) : IFilter<ReceiveContext>
{
    /// <summary>Name of the queue and its exchange. The routing key is the name of the queue that lost the message.</summary>
    public const string Queue = "ordersaga.returned";

    const string Quorum = "quorum";

    /// <summary>The queues from which a policy drops messages, logged once each.</summary>
    readonly ConcurrentDictionary<string, bool> limited = new();

    static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    static readonly Counter<long> Returned = Instruments.Meter.CreateCounter<long>(
        "ordersaga.messages.returned", "{message}", "Messages that the broker removed from a queue (delivery limit, TTL, length limit), put back");

    public static void Configure(IRabbitMqBusFactoryConfigurator bus, ReturnedMessages filter, Limits limits) => bus.ReceiveEndpoint(Queue, receive =>
    {
        receive.PrefetchCount = limits.Prefetch;
        receive.ConcurrentMessageLimit = null;
        receive.ConfigureConsumeTopology = false;
        receive.SetQueueArgument("x-overflow", "reject-publish");
        receive.ConfigureReceive(pipe => pipe.UseFilter(filter));
    });

    /// <summary>An exception returns the delivery to its queue, and it comes again.</summary>
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var delivery = context.GetPayload<RabbitMqBasicConsumeContext>();
        await Task.Delay(RetryDelay, clock, context.CancellationToken);
        var (queue, death) = (delivery.RoutingKey ?? "", ReadDeathHeader(delivery.Properties.Headers));
        if (Text(death, "reason") == "expired" && death.ContainsKey("original-expiration"))
        {
            log.LogInformation("Dropped {MessageId} of {Queue}: the time to live set by its sender has passed", delivery.Properties.MessageId, queue);
            return;
        }

        if (!IsOurs(queue))
        {
            log.LogError("Dropped {MessageId}, which {Sender} sent to be returned to {Queue}: no queue of ours is called like that",
                delivery.Properties.MessageId, senders.Of(delivery.Properties), queue);
            return;
        }

        using var timeout = new CancellationTokenSource(Timeout);
        await transport.SendToQueue(queue, Copy(delivery.Properties), context.GetBody(), timeout.Token);
        log.LogWarning(
            "The broker removed {MessageId} from {Queue}; putting it back: {Reason}", delivery.Properties.MessageId, queue, Text(death, "reason"));
        if (Text(death, "reason") == "maxlen" && limited.TryAdd(queue, true))
            log.LogError(
                "A policy of the broker drops messages of {Queue} when it is full, and may lose some. Remove the policy, or run "
                + "scripts/broker-user for this service: it sets a policy that protects the queue", queue);
        Returned.Add(1, new KeyValuePair<string, object?>("queue", queue));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("returned-messages");

    /// <summary>
    /// The original properties with the name of the sender, and without the broker's headers, which would make the return look like a cycle.
    /// </summary>
    BasicProperties Copy(IReadOnlyBasicProperties sent)
    {
        var copy = new BasicProperties(sent) { Persistent = true };
        copy.Headers = (sent.Headers ?? new Dictionary<string, object?>())
            .Where(header => !header.Key.StartsWith("x-", StringComparison.Ordinal)).ToDictionary();
        copy.Headers[Senders.Header] = senders.Of(sent);
        copy.ClearExpiration();
        return copy;
    }

    /// <summary>https://www.rabbitmq.com/docs/dlx: the latest death is the first in the list.</summary>
    static IDictionary<string, object?> ReadDeathHeader(IDictionary<string, object?>? headers) =>
        headers?.TryGetValue("x-death", out var deaths) == true && deaths is System.Collections.IList { Count: > 0 } list
            && list[0] is IDictionary<string, object?> latest ? latest : new Dictionary<string, object?>();

    /// <summary>Not an event's exchange, nor one for replies: a service that may write here must not reach those.</summary>
    static bool IsOurs(string queue) => QueueName().Match(queue) is { Success: true } match
        && (match.Groups["lane"] is not { Success: true } lane || lane.Value == Quorum || Lane.IsName(lane.Value));

    [GeneratedRegex(@"\A[\w-]+(\.(?<lane>[a-z]+))?\z", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex QueueName();

    static string Text(IDictionary<string, object?> death, string name) =>
        death.TryGetValue(name, out var value) && value is byte[] text ? System.Text.Encoding.UTF8.GetString(text) : "";
}
