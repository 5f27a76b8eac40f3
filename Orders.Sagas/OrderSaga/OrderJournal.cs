using MassTransit;
using Orders.Model;
using OrderSaga.Platform.Batches;

namespace Orders.Sagas;

/// <summary>Observes every change of state: writes its audit row and sets the time of the next recovery check.</summary>
public sealed class OrderJournal(OrderSettings settings, TimeProvider clock) : IStateObserver<OrderState>
{
    public Task StateChanged(BehaviorContext<OrderState> context, State currentState, State? previousState)
    {
        if (previousState is not null && previousState.Name != currentState.Name)
            RecordTransition(context, context.Saga, previousState.Name, context.Saga.Reason, clock.GetUtcNow().UtcDateTime, settings);
        return Task.CompletedTask;
    }

    internal static void RecordTransition(BehaviorContext<OrderState> context, OrderState order, string from, string? detail, DateTime now,
        OrderSettings settings)
    {
        order.UpdatedAt = now;
        // Keep the count in review: the case shows how often the command was sent.
        order.RetryCount = order.State == OrderStates.NeedsReview ? order.RetryCount : 0;
        order.NextRetryAt = settings.FirstRetryAt(order, now);
        context.GetPayload<UnitOfWorkContext>().Audit(order, from, context.Event.Name, detail);
    }
}
