using System.Net.Mime;
using MassTransit;

namespace OrderSaga.Platform.Outbox;

/// <summary>Sends a serialized body unchanged.</summary>
sealed class StoredMessage(Guid? messageId, Guid? correlationId, ContentType contentType, MessageBody body, bool toQueue)
    : IPipe<SendContext>, IMessageSerializer
{
    /// <summary>
    /// Ends a stored destination that is the exchange of a queue: the message is then published as mandatory. It is removed before sending.
    /// </summary>
    const string QueueMarker = "?bind=true";

    public ContentType ContentType => contentType;

    /// <summary>Transport headers besides those that the transport adds.</summary>
    public IReadOnlyDictionary<string, string?> Headers { get; init; } = new Dictionary<string, string?>();

    public static StoredMessage Of(OutboxMessage message) => new(message.Id, message.CorrelationId, new ContentType(message.ContentType),
        new StringMessageBody(message.Body), IsToQueue(message.Destination));

    /// <summary>
    /// RabbitMQ's queue address would declare the queue with other arguments than its owner. The exchange of the same name suffices, and
    /// the mandatory flag reports a missing queue.
    /// </summary>
    public static string QueueAddress(string queue) => "exchange:" + queue + QueueMarker;

    public static Uri AddressOf(string destination) => new(destination.Replace(QueueMarker, "", StringComparison.Ordinal));

    public static bool IsToQueue(string destination) => destination.EndsWith(QueueMarker, StringComparison.Ordinal);

    public Task Send(SendContext context)
    {
        context.MessageId = messageId;
        context.CorrelationId = correlationId;
        context.Serializer = this;
        foreach (var (name, value) in Headers)
            context.Headers.Set(name, value);
        if (toQueue && context.TryGetPayload(out RabbitMqSendContext? rabbit))
            rabbit.Mandatory = true;
        return Task.CompletedTask;
    }

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class => body;

    public void Probe(ProbeContext context) => context.CreateFilterScope("stored-message");
}
