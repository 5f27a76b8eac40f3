using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware.Outbox;

namespace OrderSaga.Platform.Processing;

/// <summary>Receive context of a transaction: sends and publishes go to its outbox, and <see cref="UnitOfWorkContext"/> is a payload.</summary>
sealed class UnitOfWorkReceiveContext(ReceiveContext context, UnitOfWorkContext work) : ReceiveContextProxy(context), ReceiveContext
{
    readonly ISendEndpointProvider send = new OutboxSendEndpointProvider(work.Outbox, context.SendEndpointProvider);
    readonly IPublishEndpointProvider publish = new OutboxPublishEndpointProvider(work.Outbox, context.PublishEndpointProvider);

    ISendEndpointProvider ReceiveContext.SendEndpointProvider => send;

    IPublishEndpointProvider ReceiveContext.PublishEndpointProvider => publish;

    public override bool HasPayloadType(Type payloadType) => payloadType == typeof(UnitOfWorkContext) || base.HasPayloadType(payloadType);

    public override bool TryGetPayload<TPayload>(out TPayload payload)
    {
        payload = (work as TPayload)!;
        return payload is not null || base.TryGetPayload(out payload!);
    }

    /// <summary>Publishes no fault event: a message that fails is stored instead.</summary>
    public override Task NotifyFaulted<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) => Task.CompletedTask;
}
