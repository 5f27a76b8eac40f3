using System.Net.Mime;
using System.Runtime.Serialization;
using MassTransit;
using MassTransit.Serialization;

namespace OrderSaga.Platform.Envelopes;

/// <summary>Gives MassTransit what <see cref="Unpack"/> has taken out of an envelope.</summary>
sealed class EnvelopeDeserializer : ISerializerFactory, IMessageDeserializer
{
    public ContentType ContentType => Envelope.ContentType;

    public IMessageDeserializer CreateDeserializer() => this;

    public IMessageSerializer CreateSerializer() => throw new NotSupportedException("Envelopes are packed by the outbox.");

    /// <exception cref="SerializationException">It was not taken out of an envelope, because there was none that could be read.</exception>
    public ConsumeContext Deserialize(ReceiveContext receiveContext) => receiveContext is ReceivedInside inside
        ? new BodyConsumeContext(receiveContext, inside.Message)
        : throw new SerializationException("The body is not an envelope, though its content type says so.");

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        throw new NotSupportedException("An envelope is read from a queue only.");

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public void Probe(ProbeContext context) => context.CreateScope("envelope");
}
