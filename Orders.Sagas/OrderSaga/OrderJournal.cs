using MassTransit;
using Orders.Model;
using OrderSaga.Platform.Batches;

namespace Orders.Sagas;

/// <summary>Sees every change of state: writes its audit row and sets when assurance looks next. No line of the table can forget it.</summary>
public sealed class OrderJournal(OrderSettings settings, TimeProvider clock) : IStateObserver<OrderState>
{
    public Task StateChanged(BehaviorContext<OrderState> context, State currentState, State? previousState)
    {
        if (previousState is not null && previousState.Name != currentState.Name)
            Keep(context, context.Saga, previousState.Name, context.Saga.Reason, clock.GetUtcNow().UtcDateTime, settings);
        return Task.CompletedTask;
    }

    internal static void Keep(BehaviorContext<OrderState> context, OrderState order, string from, string? detail, DateTime now, OrderSettings settings)
    {
        order.UpdatedAt = now;
        // A case tells how often its order was tried.
        order.CheckAttempts = order.State == States.NeedsReview ? order.CheckAttempts : 0;
        order.NextCheckAt = settings.FirstCheckAt(order, now);
        context.GetPayload<Work>().Audit(order, from, context.Event.Name, detail);
    }
}
