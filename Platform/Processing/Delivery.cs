using System.Diagnostics;
using System.Runtime.ExceptionServices;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.Logging;

namespace OrderSaga.Platform.Processing;

/// <summary>
/// One message taken from a queue, waiting to be handled in a batch; acknowledged after the commit. A message of an envelope is
/// acknowledged with the others of its envelope.
/// </summary>
/// <param name="context">The message.</param>
/// <param name="next">Its consumers.</param>
/// <param name="inboxId">Its id in the inbox; null: it has none and is always handled.</param>
sealed class Delivery(ConsumeContext context, IPipe<ConsumeContext> next, Guid? inboxId)
{
    readonly Activity? activity = Activity.Current;
    ExceptionDispatchInfo? failure;
    TaskCompletionSource? lockWait;

    public ConsumeContext Context => context;

    public Guid? InboxId => inboxId;

    /// <summary>Runs the consumers of this message as part of <paramref name="work"/>.</summary>
    public async Task Handle(UnitOfWorkContext work, ILogger log)
    {
        Activity.Current = activity;
        using var orderId = Serilog.Context.LogContext.PushProperty("OrderId", context.CorrelationId);
        var consumeContext = new BodyConsumeContext(new UnitOfWorkReceiveContext(context.ReceiveContext, work), context.SerializerContext);
        await next.Send(consumeContext);
        await consumeContext.ConsumeCompleted;
        log.LogDebug("Handled {MessageId} of {Endpoint}", context.MessageId, context.ReceiveContext.InputAddress);
    }

    /// <summary>Reports the message to MassTransit as consumed, although no consumer ran.</summary>
    public Task Skip() => context.NotifyConsumed(new MassTransit.Context.MessageConsumeContext<Delivery>(context, this), TimeSpan.Zero, "inbox");

    /// <summary>Marks the delivery as waiting for a locked row; its batcher continues without it.</summary>
    public void Defer() => lockWait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The wait for the lock has ended, by success or failure.</summary>
    public void Release() => lockWait!.SetResult();

    /// <summary>Completes after <see cref="Release"/>; already complete if the delivery was never deferred.</summary>
    public Task LockWaitEnded => lockWait?.Task ?? Task.CompletedTask;

    public void Fail(Exception exception) => failure = ExceptionDispatchInfo.Capture(exception);

    public void ThrowIfFailed() => failure?.Throw();
}
