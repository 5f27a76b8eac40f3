using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Envelopes;

namespace OrderSaga.Platform.Outbox;

/// <summary>Sends to a queue without an outbox: a message that the broker does not confirm is lost.</summary>
public sealed class QueueSender(IServiceProvider services, Limits limits)
{
    /// <summary>Completes with the broker's confirm.</summary>
    public Task Send(string queue, object message, CancellationToken cancel)
    {
        var correlationId = services.GetRequiredService<Correlations>().Of(message);
        var (body, inside) = Envelope.Pack([new PendingMessage(NewId.NextSequentialGuid(), correlationId, null, message)], 1, limits.MaxMessageBytes).Single();
        var row = OutboxMessage.Of(StoredMessage.QueueAddress(queue), Envelope.ContentType, body, inside);
        return services.GetRequiredService<IMessageTransport>().Send(row, cancel);
    }
}
