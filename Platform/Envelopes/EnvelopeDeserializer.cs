using System.Net.Mime;
using System.Runtime.Serialization;
using MassTransit;
using MassTransit.Serialization;

namespace OrderSaga.Platform.Envelopes;

/// <summary>Gives MassTransit the messages that <see cref="EnvelopeFilter"/> took out of an envelope.</summary>
sealed class EnvelopeDeserializer : ISerializerFactory, IMessageDeserializer
{
    public ContentType ContentType => Envelope.ContentType;

    public IMessageDeserializer CreateDeserializer() => this;

    public IMessageSerializer CreateSerializer() => throw new NotSupportedException("The outbox serializes envelopes.");

    /// <exception cref="SerializationException">The body is not a readable envelope.</exception>
    public ConsumeContext Deserialize(ReceiveContext receiveContext) => receiveContext is EnvelopeReceiveContext inside
        ? new BodyConsumeContext(receiveContext, inside.Message)
        : throw new SerializationException("The content type announces an envelope, but the body is not a valid one.");

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
        throw new NotSupportedException("An envelope can only be read from a queue.");

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public void Probe(ProbeContext context) => context.CreateScope("envelope");
}
