using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using MassTransit;
using MassTransit.Metadata;
using MassTransit.Serialization;

namespace OrderSaga.Platform.Envelopes;

/// <summary>Ids and addresses of a message.</summary>
sealed class MessageMetadata(JsonElement json) : MessageContext
{
    public Guid? MessageId { get; } = json.GetProperty("id").GetGuid();
    public Guid? CorrelationId { get; } = json.TryGetProperty("correlationId", out var id) ? id.GetGuid() : null;
    public Guid? RequestId => null;
    public Guid? ConversationId => null;
    public Guid? InitiatorId => null;
    public DateTime? ExpirationTime => null;
    public Uri? SourceAddress => null;
    public Uri? DestinationAddress => null;
    public Uri? ResponseAddress => null;
    public Uri? FaultAddress => null;
    public DateTime? SentTime => null;
    public Headers Headers => EmptyHeaders.Instance;
    public HostInfo Host => HostMetadataCache.Empty;
}

/// <summary>One message of an envelope. Parsed once, although the batch and its consumer both read it.</summary>
sealed class EnvelopeMessage(JsonElement json) : BaseSerializerContext(
    SystemTextJsonMessageSerializer.Instance, new MessageMetadata(json), json.GetProperty("type").GetString() is { } type ? [type] : [])
{
    readonly JsonElement body = json.GetProperty("message");
    object? deserialized;

    public string? TraceParent { get; } = json.TryGetProperty("trace", out var trace) ? trace.GetString() : null;

    /// <summary>The message's element in the envelope.</summary>
    public JsonElement Json => json;

    public override bool TryGetMessage<T>([NotNullWhen(true)] out T? message) where T : class
    {
        message = deserialized as T ?? (IsSupportedMessageType<T>() ? body.Deserialize<T>(SystemTextJsonMessageSerializer.Options) : null);
        deserialized ??= message;
        return message is not null;
    }

    public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message)
    {
        message = IsSupportedMessageType(messageType) ? body.Deserialize(messageType, SystemTextJsonMessageSerializer.Options) : null;
        return message is not null;
    }

    public override IMessageSerializer GetMessageSerializer() => throw NotSupported();

    public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) => throw NotSupported();

    public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => throw NotSupported();

    public override Dictionary<string, object> ToDictionary<T>(T? message) where T : class => throw NotSupported();

    static NotSupportedException NotSupported() => new("A message of an envelope cannot be forwarded; publish or send a new message.");
}
