using System.Net.Mime;
using MassTransit;
using MassTransit.Context;

namespace OrderSaga.Platform.Envelopes;

/// <summary>
/// Receive context of one message of an envelope; its state is separate from the other messages'. It is its own payload, so that the
/// failed-message store can find the message: the transport's headers describe only the envelope.
/// </summary>
sealed class EnvelopeReceiveContext(ReceiveContext envelope, EnvelopeMessage message) : ReceiveContextProxy(envelope), ReceiveContext
{
    readonly List<object> payloads = [];
    bool delivered;
    bool faulted;

    public EnvelopeMessage Message => message;

    MessageBody ReceiveContext.Body => new BytesMessageBody(Envelope.WrapSingle(message.Json));

    ContentType ReceiveContext.ContentType => Envelope.ContentType;

    bool ReceiveContext.IsDelivered => delivered;

    bool ReceiveContext.IsFaulted => faulted;

    public override Task NotifyConsumed<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
    {
        delivered = true;
        return Task.CompletedTask;
    }

    public override Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
    {
        faulted = true;
        return Task.CompletedTask;
    }

    Task ReceiveContext.NotifyFaulted(Exception exception)
    {
        faulted = true;
        return Task.CompletedTask;
    }

    public override bool HasPayloadType(Type payloadType) => payloads.Exists(payloadType.IsInstanceOfType) || base.HasPayloadType(payloadType);

    public override bool TryGetPayload<T>(out T payload)
    {
        payload = this as T ?? Find<T>()!;
        return payload is not null || base.TryGetPayload(out payload!);
    }

    public override T GetOrAddPayload<T>(PayloadFactory<T> payloadFactory)
    {
        if (TryGetPayload(out T payload))
            return payload;
        payloads.Add(payload = payloadFactory());
        return payload;
    }

    T PipeContext.AddOrUpdatePayload<T>(PayloadFactory<T> addFactory, UpdatePayloadFactory<T> updateFactory)
    {
        var known = Find<T>();
        var payload = known is null ? addFactory() : updateFactory(known);
        payloads.Remove(known!);
        payloads.Add(payload);
        return payload;
    }

    /// <summary>A loop: each message of an order is looked up several times, and an iterator would allocate each time.</summary>
    T? Find<T>() where T : class
    {
        foreach (var payload in payloads)
            if (payload is T found)
                return found;
        return null;
    }
}
