using MassTransit;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;
using Orders.Model;

namespace Orders.Sagas;

/// <summary>
/// Conditions and actions of the state machine. Also audits every change of state. The batch's transaction stores audit rows and messages.
/// </summary>
public sealed class OrderSteps(OrderSettings settings, TimeProvider clock) : IStateObserver<OrderState>
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    // Commands of the happy path. The participants handle duplicates, so a check may send them again.

    public Task ReserveStock(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Inventory, context.Saga.ReserveStock());

    public Task AuthorizePayment(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Payments, context.Saga.AuthorizePayment());

    public async Task TryBoth(BehaviorContext<OrderState> context)
    {
        await ReserveStock(context);
        await AuthorizePayment(context);
    }

    public Task ConfirmPayment(BehaviorContext<OrderState> context) => Send(context, Queues.Payments, new ConfirmPayment(context.Saga.CorrelationId));

    public Task ConfirmStock(BehaviorContext<OrderState> context) => Send(context, Queues.Inventory, new ConfirmStock(context.Saga.CorrelationId));

    public void StorePaymentUrl(BehaviorContext<OrderState, PaymentPending> context)
    {
        var order = context.Saga;
        var isKnown = order.PaymentUrl == context.Message.Url;
        order.PaymentUrl = context.Message.Url;
        // In Trying the stock's answer is missing too: recovery goes on as before.
        if (order.State == OrderStates.AwaitingPayment)
            (order.RetryCount, order.NextRetryAt) = (0, settings.NextPendingRetryAt(order, Now));
        if (!isKnown)
            Record(context, order.State == OrderStates.Trying ? "the payment page is ready" : "waits for the customer to pay");
    }

    // Cancellation.

    /// <summary>In the flow both-at-once: the payment may be authorized.</summary>
    public Task CancelAfterRejection(BehaviorContext<OrderState, StockRejected> context) => Cancel(context, context.Message.Reason, paymentMayBeHeld: true);

    public Task CancelAfterDecline(BehaviorContext<OrderState, PaymentDeclined> context) =>
        Cancel(context, $"payment declined: {context.Message.Reason}", paymentMayBeHeld: false);

    public Task CancelAfterRefusal(BehaviorContext<OrderState, PaymentRefused> context) =>
        Cancel(context, $"payment refused: {context.Message.Reason}", paymentMayBeHeld: true);

    public Task CancelOnRequest(BehaviorContext<OrderState, CancelOrder> context)
    {
        context.Saga.CancellationRequested = CleanReason(context.Message.Reason);
        return Cancel(context, context.Saga.CancellationRequested, context.Saga.PaymentTried);
    }

    public Task CancelUnpaid(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        var lacksStock = (order.ReviewFrom ?? order.State) is OrderStates.Reserving or OrderStates.AwaitingStock;
        var timeoutReason = lacksStock ? "the goods could not be reserved within the time to pay" : "not paid in time";
        return Cancel(context, order.CancellationRequested ?? timeoutReason, order.PaymentTried);
    }

    public async Task CancelRemaining(BehaviorContext<OrderState> context)
    {
        if (!context.Saga.StockReleased)
            await SendCancelStock(context);
        if (!context.Saga.PaymentReleased)
            await SendCancelPayment(context);
    }

    public Task SendCancelStock(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Inventory, new CancelStock(context.Saga.CorrelationId, context.Saga.AuditedReason ?? "cancelled"));

    public Task SendCancelPayment(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Payments, new CancelPayment(context.Saga.CorrelationId, context.Saga.AuditedReason ?? "cancelled"));

    /// <summary>True until StockCancelled arrives: then the stock branch holds nothing.</summary>
    public bool StockMayBeHeld(BehaviorContext<OrderState> context) => !context.Saga.StockReleased;

    /// <summary>True until PaymentCancelled arrives; false from the start if the payment branch cannot hold anything.</summary>
    public bool PaymentMayBeHeld(BehaviorContext<OrderState> context) => !context.Saga.PaymentReleased;

    public void RecordStockReleased(BehaviorContext<OrderState> context)
    {
        context.Saga.StockReleased = true;
        Record(context, "the stock branch holds nothing");
    }

    public void RecordPaymentReleased(BehaviorContext<OrderState> context)
    {
        context.Saga.PaymentReleased = true;
        Record(context, "the payment branch holds nothing");
    }

    public void RecordLateArrival(BehaviorContext<OrderState> context) => Record(context, "arrived after the order was cancelled: a Cancel was sent");

    public bool NothingIsHeld(BehaviorContext<OrderState> context) => context.Saga is { StockReleased: true, PaymentReleased: true };

    // Final states.

    public Task PublishCompleted(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        return Publish(context, new OrderCompleted(order.CorrelationId, order.Merchant, order.IdempotencyKey, new Money(order.Total, order.Currency), Now));
    }

    public Task PublishCancelledAfterRejection(BehaviorContext<OrderState, StockRejected> context)
    {
        context.Saga.Reason = CleanReason(context.Message.Reason);
        return PublishCancelled(context);
    }

    public Task PublishCancelled(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        return Publish(context, new OrderCancelled(order.CorrelationId, order.Merchant, order.IdempotencyKey, order.Reason ?? "cancelled", Now));
    }

    // Recovery.

    /// <summary>True if the order is due and its row still has the version of the command.</summary>
    public bool IsDue(BehaviorContext<OrderState, CheckOrder> context) =>
        context.Saga.Version == context.Message.Version && context.Saga.IsDue(Now);

    /// <summary>True if a cancellation was requested; CancelOrder may still be in transit, or lost.</summary>
    public bool CancellationWasRequested(BehaviorContext<OrderState> context) => context.Saga.CancellationRequested is not null;

    /// <summary>True if a cancellation was requested, or the time to pay and the payment margin are over.</summary>
    public bool MustCancelUnpaid(BehaviorContext<OrderState> context) => CancellationWasRequested(context) || settings.Deadline(context.Saga) <= Now;

    /// <summary>True if a cancellation was requested, or the time to pay is over.</summary>
    public bool MustNotAuthorize(BehaviorContext<OrderState> context) => CancellationWasRequested(context) || context.Saga.PayBefore <= Now;

    /// <summary>True if the order in review is unpaid and must be cancelled: a review does not stop the time to pay.</summary>
    public bool MustCancelUnpaidReview(BehaviorContext<OrderState, CheckOrder> context) =>
        OrderLifecycle.Of(context.Saga.ReviewFrom).IsUnpaid && IsDue(context) && MustCancelUnpaid(context);

    /// <summary>Moves the order to the lane main. Commands that wait in its former lane may still be handled: the branches make that safe.</summary>
    public void MoveToMainLane(BehaviorContext<OrderState> context, bool wanted)
    {
        var order = context.Saga;
        if (!wanted || order.Lane == OrderLanes.Main)
            return;
        Record(context, $"{OrderAudit.TakenOver} from the lane {order.Lane}");
        order.Lane = OrderLanes.Main;
    }

    public bool HasRetriesLeft(BehaviorContext<OrderState> context) => context.Saga.RetryCount < settings.MaxRetries;

    public void ScheduleRetry(BehaviorContext<OrderState> context)
    {
        context.Saga.RetryCount++;
        context.Saga.NextRetryAt = settings.NextRetryAt(context.Saga, Now);
        Record(context, $"overdue: the command was sent again, repeat {context.Saga.RetryCount}");
    }

    public Task RequestReview(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        order.ReviewFrom = order.State;
        order.Reason ??= $"no answer in {order.State} after {order.RetryCount} repeats";
        return Publish(context, new OrderNeedsReview(order.CorrelationId, order.Merchant, order.IdempotencyKey, order.Reason, Now));
    }

    public void ResumeFromReview(BehaviorContext<OrderState> context) => LeaveReview(context, "an answer came");

    /// <summary>Returns the order to its previous state, due at once and with all its retries.</summary>
    public void RetryFromReview(BehaviorContext<OrderState> context)
    {
        LeaveReview(context, "an operator decided to retry");
        context.Saga.NextRetryAt = Now;
    }

    public Task Abandon(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        var reason = order.ReviewFrom == OrderStates.Cancelling ? order.Reason : $"cancelled by an operator: {order.Reason}";
        return Cancel(context, reason, order.PaymentTried);
    }

    void LeaveReview(BehaviorContext<OrderState> context, string detail)
    {
        var order = context.Saga;
        var from = order.State;
        order.State = StateBeforeReview(order);
        order.ReviewFrom = null;
        // Keep the reason of a cancellation; clear the reason of the review.
        order.Reason = order.State == OrderStates.Cancelling ? order.Reason : null;
        AuditTransitionAndScheduleCheck(context, from, detail);
    }

    public static string StateBeforeReview(OrderState order) => order.ReviewFrom
        ?? throw new InvalidOperationException($"Order {order.CorrelationId} is in review without a previous state.");

    Task Cancel(BehaviorContext<OrderState> context, string? reason, bool paymentMayBeHeld)
    {
        context.Saga.Reason = CleanReason(reason);
        context.Saga.StockReleased = false;
        context.Saga.PaymentReleased = !paymentMayBeHeld;
        context.Saga.ReviewFrom = null;
        return CancelRemaining(context);
    }

    /// <summary>Removes what a database cannot store: reasons come from callers and participants.</summary>
    static string CleanReason(string? reason) =>
        Text.Clean(reason, FieldRules.MaxOrderReasonLength) is { Length: > 0 } clean ? clean : "cancelled";

    static Task Send<T>(BehaviorContext<OrderState> context, string queue, T command) where T : class => context.GetPayload<UnitOfWorkContext>()
        .Send(context.Saga.QueueOf(queue), command);

    static Task Publish<T>(BehaviorContext<OrderState> context, T message) where T : class => context.GetPayload<UnitOfWorkContext>().Publish(message);

    // Audit.

    public Task StateChanged(BehaviorContext<OrderState> context, State currentState, State? previousState)
    {
        if (previousState is not null && previousState.Name != currentState.Name)
            AuditTransitionAndScheduleCheck(context, previousState.Name, context.Saga.AuditedReason);
        return Task.CompletedTask;
    }

    /// <summary>Audits a change of state and sets the time of the next recovery check.</summary>
    void AuditTransitionAndScheduleCheck(BehaviorContext<OrderState> context, string from, string? detail)
    {
        var order = context.Saga;
        Record(context, detail, from);
        // Keep the count in review: the case shows how often the command was repeated.
        order.RetryCount = order.State == OrderStates.NeedsReview ? order.RetryCount : 0;
        order.NextRetryAt = settings.FirstRetryAt(order, order.UpdatedAt);
        if (order.State != OrderStates.NeedsReview && !OrderLifecycle.Of(order.State).IsUnpaid)
            order.PaymentToken = null;
    }

    /// <summary>Audits a step; <paramref name="from"/> is the previous state, null if the step does not change it.</summary>
    void Record(BehaviorContext<OrderState> context, string? detail, string? from = null)
    {
        context.Saga.UpdatedAt = Now;
        context.GetPayload<UnitOfWorkContext>().Audit(context.Saga, from ?? context.Saga.State, context.Event.Name, detail);
    }
}
