using MassTransit;
using Orders.Model;
using OrderSaga.Contracts;

namespace Orders.Sagas;

/// <summary>
/// The state machine of an order. The placement comes before it: one transaction creates the order in the first state of its flow and sends the
/// first command of stock-first, or both first commands of both-at-once (docs/adr/0004). A message that a state does not handle is an error on
/// purpose: it is stored as a failed message. docs/state-table.md lists every state and message.
/// </summary>
public sealed class OrderStateMachine : MassTransitStateMachine<OrderState>
{
    readonly OrderSteps step;
    readonly ILogger log;

    public OrderStateMachine(OrderSteps step, ILogger<OrderStateMachine> log)
    {
        (this.step, this.log) = (step, log);
        InstanceState(order => order.State);
        ConnectStateObserver(step);
        Correlate();
        StockFirstAndSharedStates();
        BothAtOnce();
        Cancellation();
        FinalStates();
        Review();
    }

    // In the flow stock-first, stock is tried before payment, so that a sold-out order never touches a card. Both flows share AwaitingPayment,
    // ConfirmingPayment and ConfirmingStock. In both, payment is confirmed before stock, because the gateway can refuse a capture, but the stock
    // participant cannot refuse a sale.
    void StockFirstAndSharedStates()
    {
        // Payments.Worker declines a Try that first reaches it after the time to pay. So in Reserving, StockReserved after that time cancels the
        // order. A check, or a positive answer in another unpaid state, cancels it only Orders:PaymentMarginSeconds later.
        During(Reserving,
            HandleOrCancel(StockReserved, step.MustNotAuthorize, held => held.ThenAsync(step.AuthorizePayment).TransitionTo(AwaitingPayment)),
            When(StockRejected).ThenAsync(step.PublishCancelledAfterRejection).TransitionTo(Cancelled),
            CancelOrRetry(step.ReserveStock));

        During(AwaitingPayment,
            HandleOrCancel(PaymentAuthorized, step.MustCancelUnpaid, paid => paid.ThenAsync(step.ConfirmPayment).TransitionTo(ConfirmingPayment)),
            HandleOrCancel(PaymentPending, step.MustCancelUnpaid, pending => pending.Then(step.StorePaymentUrl)),
            When(PaymentDeclined).ThenAsync(step.CancelAfterDecline).TransitionTo(Cancelling),
            CancelOrRetry(step.AuthorizePayment),
            Ignore(StockReserved));

        During(ConfirmingPayment,
            When(PaymentConfirmed).ThenAsync(step.ConfirmStock).TransitionTo(ConfirmingStock),
            When(PaymentRefused).ThenAsync(step.CancelAfterRefusal).TransitionTo(Cancelling),
            RetryOrReview(step.ConfirmPayment),
            Ignore(StockReserved), Ignore(PaymentAuthorized), Ignore(PaymentPending), Ignore(CancelRequested));

        During(ConfirmingStock,
            When(StockConfirmed).ThenAsync(step.PublishCompleted).TransitionTo(Completed),
            RetryOrReview(step.ConfirmStock),
            Ignore(StockReserved), Ignore(PaymentAuthorized), Ignore(PaymentPending), Ignore(PaymentConfirmed), Ignore(CancelRequested));
    }

    // The flow both-at-once: the placement requests both. The answer that comes second finds the order in AwaitingPayment or in AwaitingStock.
    void BothAtOnce()
    {
        During(Trying,
            HandleOrCancel(StockReserved, step.MustCancelUnpaid, held => held.TransitionTo(AwaitingPayment)),
            HandleOrCancel(PaymentAuthorized, step.MustCancelUnpaid, paid => paid.TransitionTo(AwaitingStock)),
            HandleOrCancel(PaymentPending, step.MustCancelUnpaid, pending => pending.Then(step.StorePaymentUrl)),
            When(StockRejected).ThenAsync(step.CancelAfterRejection).TransitionTo(Cancelling),
            When(PaymentDeclined).ThenAsync(step.CancelAfterDecline).TransitionTo(Cancelling),
            CancelOrRetry(step.TryBoth));

        During(AwaitingStock,
            HandleOrCancel(StockReserved, step.MustCancelUnpaid, held => held.ThenAsync(step.ConfirmPayment).TransitionTo(ConfirmingPayment)),
            When(StockRejected).ThenAsync(step.CancelAfterRejection).TransitionTo(Cancelling),
            CancelOrRetry(step.ReserveStock),
            Ignore(PaymentAuthorized), Ignore(PaymentPending));
    }

    void Cancellation()
    {
        During([Reserving, Trying, AwaitingPayment, AwaitingStock],
            When(CancelRequested).ThenAsync(step.CancelOnRequest).TransitionTo(Cancelling));

        During(Cancelling,
            When(StockCancelled, step.StockMayBeHeld).Then(step.RecordStockReleased)
                .If(step.NothingIsHeld, released => released.ThenAsync(step.PublishCancelled).TransitionTo(Cancelled)),
            When(PaymentCancelled, step.PaymentMayBeHeld).Then(step.RecordPaymentReleased)
                .If(step.NothingIsHeld, released => released.ThenAsync(step.PublishCancelled).TransitionTo(Cancelled)),
            RetryOrReview(step.CancelRemaining),
            Ignore(StockReserved), Ignore(StockRejected), Ignore(StockConfirmed), Ignore(PaymentAuthorized), Ignore(PaymentPending),
            Ignore(PaymentDeclined), Ignore(PaymentConfirmed), Ignore(PaymentRefused), Ignore(CancelRequested));
    }

    // After a Cancel, the participant refuses the Try of that order (tombstone). If a positive answer still arrives for a cancelled order, the
    // saga sends a Cancel; the participant then releases, returns, voids or refunds what it still has.
    void FinalStates()
    {
        During(Cancelled,
            When(StockReserved).ThenAsync(step.SendCancelStock).Then(step.RecordLateArrival),
            When(StockConfirmed).ThenAsync(step.SendCancelStock).Then(step.RecordLateArrival),
            When(PaymentAuthorized).ThenAsync(step.SendCancelPayment).Then(step.RecordLateArrival),
            When(PaymentPending).ThenAsync(step.SendCancelPayment).Then(step.RecordLateArrival),
            When(PaymentConfirmed).ThenAsync(step.SendCancelPayment).Then(step.RecordLateArrival),
            Ignore(StockRejected), Ignore(StockCancelled), Ignore(PaymentDeclined), Ignore(PaymentRefused), Ignore(PaymentCancelled),
            Ignore(CancelRequested), Ignore(CheckRequested));

        During(Completed,
            Ignore(StockReserved), Ignore(StockConfirmed), Ignore(PaymentAuthorized), Ignore(PaymentPending), Ignore(PaymentConfirmed),
            Ignore(CancelRequested), Ignore(CheckRequested));
    }

    /// <summary>
    /// An order leaves review in three cases: an answer arrives that its previous state acts on; an operator decides; or it is unpaid, and its
    /// time to pay and the payment margin are over. It then resumes in its previous state or is cancelled. A repeated answer also counts, for
    /// example a second PaymentPending, or a second StockCancelled while the payment's Cancel is not answered. The saga ignores a decision about
    /// an older version of the row. Any other answer is handled as in the state before the review: ignored, or stored as a failed message.
    /// </summary>
    void Review()
    {
        During(NeedsReview,
            Resume(StockReserved), Resume(StockRejected), Resume(StockConfirmed), Resume(StockCancelled), Resume(PaymentAuthorized),
            Resume(PaymentPending), Resume(PaymentDeclined), Resume(PaymentConfirmed), Resume(PaymentRefused), Resume(PaymentCancelled),
            When(RetryRequested, decision => decision.Message.Version == decision.Saga.Version)
                .Then(decision => step.MoveToMainLane(decision, decision.Message.TakeOver)).Then(step.RetryFromReview),
            When(AbandonRequested, decision => decision.Message.Version == decision.Saga.Version)
                .Then(decision => step.MoveToMainLane(decision, decision.Message.TakeOver)).ThenAsync(step.Abandon).TransitionTo(Cancelling),
            When(CheckRequested, step.MustCancelUnpaidReview).ThenAsync(step.CancelUnpaid).TransitionTo(Cancelling),
            Ignore(CancelRequested));

        During([Reserving, Trying, AwaitingPayment, AwaitingStock, ConfirmingPayment, ConfirmingStock, Cancelling, Cancelled, Completed],
            Ignore(RetryRequested), Ignore(AbandonRequested));
    }

    EventActivityBinder<OrderState, CheckOrder> WhenDue() =>
        When(CheckRequested, step.IsDue).Then(check => step.MoveToMainLane(check, check.Message.TakeOver));

    /// <summary>Repeats the command and schedules the next check; when no retry is left, moves the order to review.</summary>
    EventActivityBinder<OrderState, CheckOrder> RetryOrReview(Func<BehaviorContext<OrderState>, Task> command) =>
        WhenDue().IfElse(step.HasRetriesLeft,
            retry => retry.ThenAsync(command).Then(step.ScheduleRetry),
            outOfRetries => outOfRetries.ThenAsync(step.RequestReview).TransitionTo(NeedsReview));

    /// <summary>
    /// As <see cref="RetryOrReview"/>, but cancels an order if a cancellation was requested, or if its time to pay and the payment margin are over.
    /// </summary>
    EventActivityBinder<OrderState, CheckOrder> CancelOrRetry(Func<BehaviorContext<OrderState>, Task> command) =>
        OrCancel(WhenDue(), step.MustCancelUnpaid, check => check.IfElse(step.HasRetriesLeft,
            retry => retry.ThenAsync(command).Then(step.ScheduleRetry),
            outOfRetries => outOfRetries.ThenAsync(step.RequestReview).TransitionTo(NeedsReview)));

    /// <summary>
    /// Handles the answer, or cancels the unpaid order if the condition is true: a cancellation was requested, or the time to pay and the
    /// payment margin are over (in Reserving: the time to pay is over).
    /// </summary>
    EventActivityBinder<OrderState, T> HandleOrCancel<T>(
        Event<T> answer, StateMachineCondition<OrderState, T> mustCancel,
        Func<EventActivityBinder<OrderState, T>, EventActivityBinder<OrderState, T>> otherwise) where T : class =>
        OrCancel(When(answer), mustCancel, otherwise);

    EventActivityBinder<OrderState, T> OrCancel<T>(
        EventActivityBinder<OrderState, T> binder, StateMachineCondition<OrderState, T> mustCancel,
        Func<EventActivityBinder<OrderState, T>, EventActivityBinder<OrderState, T>> otherwise) where T : class =>
        binder.IfElse(mustCancel, unpaid => unpaid.ThenAsync(step.CancelUnpaid).TransitionTo(Cancelling), otherwise);

    EventActivityBinder<OrderState, T> Resume<T>(Event<T> answer) where T : class => When(answer).IfElse(
        context => context.Saga.ReviewFrom is { } from && OrderLifecycle.HasStep(NeedsReview.Name, cause: answer.Name, to: from),
        awaited => awaited.Then(step.ResumeFromReview).ThenAsync(RaiseAgain),
        other => other.ThenAsync(RaiseAsBeforeReview));

    /// <summary>
    /// Handles the message as in the state before the review: ignores an answer that this state ignores, throws for any other. The order stays in
    /// review.
    /// </summary>
    async Task RaiseAsBeforeReview<T>(BehaviorContext<OrderState, T> context) where T : class
    {
        context.Saga.State = OrderSteps.StateBeforeReview(context.Saga);
        await RaiseAgain(context);
        context.Saga.State = NeedsReview.Name;
    }

    Task RaiseAgain<T>(BehaviorContext<OrderState, T> context) where T : class => ((StateMachine<OrderState>)this).RaiseEvent(context);

    void Correlate()
    {
        CorrelateById(() => StockReserved);
        CorrelateById(() => StockRejected);
        CorrelateById(() => StockConfirmed);
        CorrelateById(() => PaymentAuthorized);
        CorrelateById(() => PaymentPending);
        CorrelateById(() => PaymentDeclined);
        CorrelateById(() => PaymentConfirmed);
        CorrelateById(() => PaymentRefused);
        CorrelateById(() => CancelRequested);
        CorrelateById(() => CheckRequested);
        CorrelateById(() => RetryRequested);
        CorrelateById(() => AbandonRequested);
        CorrelateReleaseById(() => StockCancelled);
        CorrelateReleaseById(() => PaymentCancelled);
    }

    /// <summary>A message for an unknown order is an error: it is stored as failed.</summary>
    void CorrelateById<T>(System.Linq.Expressions.Expression<Func<Event<T>>> @event) where T : class, IOrderMessage =>
        Event(@event, x => x.CorrelateById(context => context.Message.OrderId).OnMissingInstance(missing => missing.Fault()));

    /// <summary>
    /// StockCancelled and PaymentCancelled for an unknown order are expected: reconciliation releases holds without an order.
    /// </summary>
    void CorrelateReleaseById<T>(System.Linq.Expressions.Expression<Func<Event<T>>> @event) where T : class, IOrderMessage =>
        Event(@event, x => x.CorrelateById(context => context.Message.OrderId).OnMissingInstance(missing => missing.Execute(context =>
            log.LogWarning("Ignored {Answer}: order {OrderId} does not exist", typeof(T).Name, context.Message.OrderId))));

    public State Reserving { get; private set; } = null!;
    public State Trying { get; private set; } = null!;
    public State AwaitingPayment { get; private set; } = null!;
    public State AwaitingStock { get; private set; } = null!;
    public State ConfirmingPayment { get; private set; } = null!;
    public State ConfirmingStock { get; private set; } = null!;
    public State Cancelling { get; private set; } = null!;
    public State Completed { get; private set; } = null!;
    public State Cancelled { get; private set; } = null!;
    public State NeedsReview { get; private set; } = null!;

    public Event<StockReserved> StockReserved { get; private set; } = null!;
    public Event<StockRejected> StockRejected { get; private set; } = null!;
    public Event<StockConfirmed> StockConfirmed { get; private set; } = null!;
    public Event<StockCancelled> StockCancelled { get; private set; } = null!;
    public Event<PaymentAuthorized> PaymentAuthorized { get; private set; } = null!;
    public Event<PaymentPending> PaymentPending { get; private set; } = null!;
    public Event<PaymentDeclined> PaymentDeclined { get; private set; } = null!;
    public Event<PaymentConfirmed> PaymentConfirmed { get; private set; } = null!;
    public Event<PaymentRefused> PaymentRefused { get; private set; } = null!;
    public Event<PaymentCancelled> PaymentCancelled { get; private set; } = null!;
    public Event<CancelOrder> CancelRequested { get; private set; } = null!;
    public Event<CheckOrder> CheckRequested { get; private set; } = null!;
    public Event<RetryOrder> RetryRequested { get; private set; } = null!;
    public Event<AbandonOrder> AbandonRequested { get; private set; } = null!;
}
