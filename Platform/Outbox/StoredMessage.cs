using System.Net.Mime;
using MassTransit;

namespace OrderSaga.Platform.Outbox;

/// <summary>Sends a body that is serialized already, as it is.</summary>
sealed class StoredMessage(Guid? messageId, Guid? correlationId, ContentType contentType, MessageBody body, bool toQueue)
    : IPipe<SendContext>, IMessageSerializer
{
    const string ToQueue = "?bind=true";

    public ContentType ContentType => contentType;

    /// <summary>Transport headers, beside what the transport adds itself.</summary>
    public IReadOnlyDictionary<string, string?> Headers { get; init; } = new Dictionary<string, string?>();

    public static StoredMessage Of(OutboxMessage message) => new(message.Id, message.CorrelationId, new ContentType(message.ContentType),
        new StringMessageBody(message.Body), IsToQueue(message.Destination));

    /// <summary>
    /// RabbitMQ's address of a queue would declare the queue, with other arguments than its owner; the exchange of the
    /// same name is enough, and mandatory tells when no queue is behind it yet.
    /// </summary>
    public static string QueueAddress(string queue) => "exchange:" + queue + ToQueue;

    public static Uri AddressOf(string destination) => new(destination.Replace(ToQueue, "", StringComparison.Ordinal));

    public static bool IsToQueue(string destination) => destination.EndsWith(ToQueue, StringComparison.Ordinal);

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
