using MassTransit;

namespace OrderSaga.Platform.Rabbit;

/// <summary>Arguments of our queues: the broker must not drop confirmed messages.</summary>
static class QueueArguments
{
    /// <summary>
    /// A replicated queue. Messages that the broker removes itself (delivery limit, 20 by default in RabbitMQ 4, or TTL) go to
    /// <see cref="ReturnedMessages"/>, confirmed from queue to queue. A full queue rejects a message, and the sender's outbox keeps it.
    /// Arguments override policies, but for <c>x-overflow</c>: <c>scripts/broker-user</c> sets a policy against that. RabbitMQ 3 has no
    /// argument for "no delivery limit".
    /// </summary>
    public static void Configure(this IRabbitMqReceiveEndpointConfigurator queue, string name)
    {
        queue.SetQuorumQueue();
        foreach (var (argument, value) in Of(name))
            queue.SetQueueArgument(argument, value);
    }

    public static IReadOnlyDictionary<string, object?> Of(string name) => new Dictionary<string, object?>
    {
        ["x-queue-type"] = "quorum",
        ["x-dead-letter-exchange"] = ReturnedMessages.Queue,
        ["x-dead-letter-routing-key"] = name,
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-overflow"] = "reject-publish",
    };
}
