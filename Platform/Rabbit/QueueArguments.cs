using MassTransit;

namespace OrderSaga.Platform.Rabbit;

/// <summary>How our queues are declared, so that the broker drops nothing that it has confirmed.</summary>
static class QueueArguments
{
    /// <summary>
    /// Replicated. What the broker takes from the queue by itself (delivery limit, which RabbitMQ 4 sets to 20 by default, or message TTL) goes to
    /// <see cref="ReturnedMessages"/>, confirmed from queue to queue; what does not fit is refused to its sender, whose outbox keeps it. An argument wins over
    /// a policy. There is no argument for "no delivery limit" that RabbitMQ 3 would take.
    /// </summary>
    public static void Keep(this IRabbitMqReceiveEndpointConfigurator queue, string name)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-dead-letter-exchange", ReturnedMessages.Queue);
        queue.SetQueueArgument("x-dead-letter-routing-key", name);
        queue.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        queue.SetQueueArgument("x-overflow", "reject-publish");
    }
}
