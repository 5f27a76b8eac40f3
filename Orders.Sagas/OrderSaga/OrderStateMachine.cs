using MassTransit;
using Orders.Model;
using OrderSaga.Contracts;

namespace Orders.Sagas;

/// <summary>
/// The order's life as a table. The placement comes before it: one transaction creates the order in Reserving and sends the first
/// TryReserveStock (docs/adr/0004). A missing cell is an error on purpose: its message goes to the failed-message store. All cells:
/// docs/state-table.md.
/// </summary>
public sealed class OrderStateMachine : MassTransitStateMachine<OrderState>
{
    readonly OrderSteps step;
    readonly ILogger log;

    public OrderStateMachine(OrderSteps step, OrderJournal journal, ILogger<OrderStateMachine> log)
    {
        (this.step, this.log) = (step, log);
        InstanceState(order => order.State);
        ConnectStateObserver(journal);
        Correlate();
        HappyPath();
        Compensation();
        LateArrivals();
        Review();
    }

    // Stock is tried before payment, so that a sold-out order never touches a card. Payment is confirmed before stock, because it is the
    // only confirm that an outside party can refuse.
    void HappyPath()
    {
        During(Reserving,
            UnlessExpired(StockReserved, step.PaymentTimeIsOver, held => held.ThenAsync(step.AuthorizePayment).TransitionTo(AwaitingPayment)),
            When(StockRejected).ThenAsync(step.AnnounceRejected).TransitionTo(Cancelled),
            OverdueUnpaid(step.ReserveStock));

        During(AwaitingPayment,
            UnlessExpired(PaymentAuthorized, step.DeadlineHasPassed, paid => paid.ThenAsync(step.ConfirmPayment).TransitionTo(ConfirmingPayment)),
            UnlessExpired(PaymentPending, step.DeadlineHasPassed, waits => waits.Then(step.StorePaymentUrl)),
            When(PaymentDeclined).ThenAsync(step.CancelStockOnly).TransitionTo(Cancelling),
            OverdueUnpaid(step.AuthorizePayment),
            Ignore(StockReserved));

        During(ConfirmingPayment,
            When(PaymentConfirmed).ThenAsync(step.ConfirmStock).TransitionTo(ConfirmingStock),
            When(PaymentRefused).ThenAsync(step.CancelAfterRefusal).TransitionTo(Cancelling),
            Overdue(step.ConfirmPayment),
            Ignore(StockReserved), Ignore(PaymentAuthorized), Ignore(PaymentPending), Ignore(CancelRequested));

        During(ConfirmingStock,
            When(StockConfirmed).ThenAsync(step.AnnounceCompleted).TransitionTo(Completed),
            Overdue(step.ConfirmStock),
            Ignore(StockReserved), Ignore(PaymentAuthorized), Ignore(PaymentPending), Ignore(PaymentConfirmed), Ignore(CancelRequested));
    }

    void Compensation()
    {
        During(Reserving, AwaitingPayment,
            When(CancelRequested).ThenAsync(step.CancelOnRequest).TransitionTo(Cancelling));

        During(Cancelling,
            When(StockCancelled, step.StockIsHeld).Then(step.RecordStockReleased)
                .If(step.NothingIsHeld, over => over.ThenAsync(step.AnnounceCancelled).TransitionTo(Cancelled)),
            When(PaymentCancelled, step.PaymentIsHeld).Then(step.RecordPaymentReleased)
                .If(step.NothingIsHeld, over => over.ThenAsync(step.AnnounceCancelled).TransitionTo(Cancelled)),
            Overdue(step.CancelRemaining),
            Ignore(StockReserved), Ignore(StockRejected), Ignore(StockConfirmed), Ignore(PaymentAuthorized), Ignore(PaymentPending),
            Ignore(PaymentDeclined), Ignore(PaymentConfirmed), Ignore(PaymentRefused), Ignore(CancelRequested));
    }

    // The participant's tombstone refuses a Try after its Cancel. A late answer is cancelled again, and sold stock is returned.
    void LateArrivals()
    {
        During(Cancelled,
            When(StockReserved).ThenAsync(step.CancelStockAgain).Then(step.RecordLateArrival),
            When(StockConfirmed).ThenAsync(step.CancelStockAgain).Then(step.RecordLateArrival),
            When(PaymentAuthorized).ThenAsync(step.CancelPaymentAgain).Then(step.RecordLateArrival),
            When(PaymentPending).ThenAsync(step.CancelPaymentAgain).Then(step.RecordLateArrival),
            When(PaymentConfirmed).ThenAsync(step.CancelPaymentAgain).Then(step.RecordLateArrival),
            Ignore(StockRejected), Ignore(StockCancelled), Ignore(PaymentDeclined), Ignore(PaymentRefused), Ignore(PaymentCancelled),
            Ignore(CancelRequested), Ignore(CheckRequested));

        During(Completed,
            Ignore(StockReserved), Ignore(StockConfirmed), Ignore(PaymentAuthorized), Ignore(PaymentPending), Ignore(PaymentConfirmed),
            Ignore(CancelRequested), Ignore(CheckRequested));
    }

    /// <summary>
    /// An order leaves review when the missing answer arrives, when an operator decides, or when the time to pay ends. It then resumes in
    /// its previous state or is cancelled. Other messages are ignored, and so is a decision about an older version of the row.
    /// </summary>
    void Review()
    {
        During(NeedsReview,
            Resume(StockReserved), Resume(StockRejected), Resume(StockConfirmed), Resume(StockCancelled), Resume(PaymentAuthorized),
            Resume(PaymentPending), Resume(PaymentDeclined), Resume(PaymentConfirmed), Resume(PaymentRefused), Resume(PaymentCancelled),
            When(RetryRequested, decision => decision.Message.Version == decision.Saga.Version).Then(step.RetryFromReview),
            When(AbandonRequested, decision => decision.Message.Version == decision.Saga.Version).ThenAsync(step.Abandon).TransitionTo(Cancelling),
            When(CheckRequested, step.ReviewHasExpired).ThenAsync(step.CancelUnpaid).TransitionTo(Cancelling),
            Ignore(CancelRequested));

        During([Reserving, AwaitingPayment, ConfirmingPayment, ConfirmingStock, Cancelling, Cancelled, Completed],
            Ignore(RetryRequested), Ignore(AbandonRequested));
    }

    /// <summary>Recovery: repeats the command with back-off; after too many attempts the order moves to review.</summary>
    EventActivityBinder<OrderState, CheckOrder> Overdue(Func<BehaviorContext<OrderState>, Task> command) =>
        When(CheckRequested, step.IsDue).IfElse(step.HasRetriesLeft,
            again => again.ThenAsync(command).Then(step.ScheduleRetry),
            spent => spent.ThenAsync(step.RequestReview).TransitionTo(NeedsReview));

    /// <summary>As <see cref="Overdue"/>, but cancels an order whose cancellation was requested or whose time to pay is over.</summary>
    EventActivityBinder<OrderState, CheckOrder> OverdueUnpaid(Func<BehaviorContext<OrderState>, Task> command) =>
        OrCancel(When(CheckRequested, step.IsDue), step.DeadlineHasPassed, waits => waits.IfElse(step.HasRetriesLeft,
            again => again.ThenAsync(command).Then(step.ScheduleRetry),
            spent => spent.ThenAsync(step.RequestReview).TransitionTo(NeedsReview)));

    /// <summary>After the time to pay or a cancellation request, an answer cancels an unpaid order.</summary>
    EventActivityBinder<OrderState, T> UnlessExpired<T>(
        Event<T> answer, StateMachineCondition<OrderState, T> over, Func<EventActivityBinder<OrderState, T>, EventActivityBinder<OrderState, T>> step)
        where T : class => OrCancel(When(answer), over, step);

    EventActivityBinder<OrderState, T> OrCancel<T>(
        EventActivityBinder<OrderState, T> on, StateMachineCondition<OrderState, T> over,
        Func<EventActivityBinder<OrderState, T>, EventActivityBinder<OrderState, T>> otherwise) where T : class =>
        on.IfElse(over, late => late.ThenAsync(step.CancelUnpaid).TransitionTo(Cancelling), otherwise);

    EventActivityBinder<OrderState, T> Resume<T>(Event<T> answer) where T : class => When(answer).IfElse(
        context => context.Saga.ReviewFrom is { } from && OrderLifecycle.Steps.Contains((NeedsReview.Name, answer.Name, from)),
        missing => missing.Then(step.ResumeFromReview).ThenAsync(RaiseAgain),
        stray => stray.ThenAsync(context => OrderSteps.RaiseAsBeforeReview(context, () => RaiseAgain(context))));

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

    /// <summary>An answer for an unknown order is an alarm: it faults into the failed-message store.</summary>
    void CorrelateById<T>(System.Linq.Expressions.Expression<Func<Event<T>>> @event) where T : class, IOrderMessage =>
        Event(@event, x => x.CorrelateById(context => context.Message.OrderId).OnMissingInstance(missing => missing.Fault()));

    /// <summary>An answer that nothing is held for an unknown order is expected: reconciliation releases holds without an order.</summary>
    void CorrelateReleaseById<T>(System.Linq.Expressions.Expression<Func<Event<T>>> @event) where T : class, IOrderMessage =>
        Event(@event, x => x.CorrelateById(context => context.Message.OrderId).OnMissingInstance(missing => missing.Execute(context =>
            log.LogWarning("Ignored {Answer}: order {OrderId} does not exist", typeof(T).Name, context.Message.OrderId))));

    public State Reserving { get; private set; } = null!;
    public State AwaitingPayment { get; private set; } = null!;
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
