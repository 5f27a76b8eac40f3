using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace OrderSaga.Platform.Envelopes;

/// <summary>A message in its sender's JSON, for a consumer that parses it strictly: MassTransit drops unknown members.</summary>
/// <param name="Utf8">The message without its wrapper.</param>
public sealed record JsonBody(ReadOnlyMemory<byte> Utf8);

/// <summary>
/// Gives consumers of <see cref="JsonBody"/> a <typeparamref name="T"/> that was sent in one of the three wrappers or without one.
/// </summary>
sealed class JsonBodyDeserializer<T>(IMessageDeserializer inner, Func<ReceiveContext, ReadOnlyMemory<byte>> bodyOf) : ISerializerFactory, IMessageDeserializer
    where T : class
{
    static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public ContentType ContentType => inner.ContentType;

    /// <summary>Supports three kinds of sender: without MassTransit, with MassTransit, and our own services.</summary>
    public static void AddTo(IReceiveEndpointConfigurator endpoint)
    {
        endpoint.AddDeserializer(new JsonBodyDeserializer<T>(
            new SystemTextJsonRawMessageSerializer(RawSerializerOptions.All), context => context.GetBody()), true);
        endpoint.AddDeserializer(new JsonBodyDeserializer<T>(SystemTextJsonMessageSerializer.Instance, Wrapped));
        endpoint.AddDeserializer(new JsonBodyDeserializer<T>(
            new EnvelopeDeserializer(), context => Bytes(((EnvelopeReceiveContext)context).Message.Json.GetProperty("message"))));
    }

    public IMessageDeserializer CreateDeserializer() => this;

    public IMessageSerializer CreateSerializer() => throw new NotSupportedException("This serializer only reads.");

    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        var context = inner.Deserialize(receiveContext).SerializerContext;
        return new BodyConsumeContext(receiveContext, new Context(context, new JsonBody(bodyOf(receiveContext))));
    }

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        throw new NotSupportedException("A body can only be read from a queue.");

    public MessageBody GetMessageBody(string text) => inner.GetMessageBody(text);

    public void Probe(ProbeContext context) => inner.Probe(context);

    /// <summary>Finds the member as MassTransit does: any case, last occurrence.</summary>
    static ReadOnlyMemory<byte> Wrapped(ReceiveContext context)
    {
        using var envelope = JsonDocument.Parse(context.GetBody(), Lenient);
        var message = envelope.RootElement.EnumerateObject().LastOrDefault(member => member.Name.Equals("message", StringComparison.OrdinalIgnoreCase));
        return message.Value.ValueKind == JsonValueKind.Undefined
            ? throw new SerializationException("The wrapper has no member 'message'.")
            : Bytes(message.Value);
    }

    static ReadOnlyMemory<byte> Bytes(JsonElement message) => Encoding.UTF8.GetBytes(message.GetRawText());

    sealed class Context(SerializerContext inner, JsonBody body)
        : BaseSerializerContext(SystemTextJsonMessageSerializer.Instance, inner, inner.SupportedMessageTypes)
    {
        public override bool TryGetMessage<TMessage>([NotNullWhen(true)] out TMessage? message) where TMessage : class
        {
            message = inner.IsSupportedMessageType<T>() ? body as TMessage : null;
            return message is not null;
        }

        public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message)
        {
            message = messageType == typeof(JsonBody) && inner.IsSupportedMessageType<T>() ? body : null;
            return message is not null;
        }

        public override IMessageSerializer GetMessageSerializer() => inner.GetMessageSerializer();

        public override IMessageSerializer GetMessageSerializer<TMessage>(MessageEnvelope envelope, TMessage message) =>
            inner.GetMessageSerializer(envelope, message);

        public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => inner.GetMessageSerializer(message, messageTypes);

        public override Dictionary<string, object> ToDictionary<TMessage>(TMessage? message) where TMessage : class => inner.ToDictionary(message);
    }
}
