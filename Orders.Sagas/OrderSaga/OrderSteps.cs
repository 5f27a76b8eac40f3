using MassTransit;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using Orders.Model;

namespace Orders.Sagas;

/// <summary>The steps of the state machine. Messages go to the outbox of the batch's transaction.</summary>
public sealed class OrderSteps(OrderSettings settings, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    // Commands of the happy path: idempotent at the participants, so recovery sends them again.

    public Task ReserveStock(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Inventory, new TryReserveStock(context.Saga.CorrelationId, Lines(context.Saga)));

    public Task AuthorizePayment(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        order.PaymentTried = true;
        return Send(context, Queues.Payments, new TryAuthorizePayment(
            order.CorrelationId, new Money(order.Total, order.Currency), new PaymentInstruction(order.PaymentMethod, order.PaymentToken), order.PayBefore));
    }

    public Task ConfirmPayment(BehaviorContext<OrderState> context) => Send(context, Queues.Payments, new ConfirmPayment(context.Saga.CorrelationId));

    public Task ConfirmStock(BehaviorContext<OrderState> context) => Send(context, Queues.Inventory, new ConfirmStock(context.Saga.CorrelationId));

    public void KeepPaymentUrl(BehaviorContext<OrderState, PaymentPending> context)
    {
        var order = context.Saga;
        var known = order.PaymentUrl == context.Message.Url;
        order.PaymentUrl = context.Message.Url;
        order.CheckAttempts = 0;
        order.NextCheckAt = settings.NextPendingCheckAt(order, Now);
        if (!known)
            Note(context, "waits for the customer to pay");
    }

    // Compensation.

    public Task CancelStockOnly(BehaviorContext<OrderState, PaymentDeclined> context)
    {
        BeginCancelling(context, $"payment declined: {context.Message.Reason}", paymentHolds: false);
        return CancelWhatIsMissing(context);
    }

    public Task CancelAfterRefusal(BehaviorContext<OrderState, PaymentRefused> context)
    {
        BeginCancelling(context, $"payment refused: {context.Message.Reason}", paymentHolds: true);
        return CancelWhatIsMissing(context);
    }

    public Task CancelOnRequest(BehaviorContext<OrderState, CancelOrder> context)
    {
        BeginCancelling(context, context.Message.Reason, context.Saga.PaymentTried);
        return CancelWhatIsMissing(context);
    }

    public Task CancelUnpaid(BehaviorContext<OrderState> context)
    {
        var late = context.Saga.PaymentTried ? "not paid in time" : "the goods could not be reserved within the time to pay";
        BeginCancelling(context, context.Saga.CancelAsked ?? late, context.Saga.PaymentTried);
        return CancelWhatIsMissing(context);
    }

    public async Task CancelWhatIsMissing(BehaviorContext<OrderState> context)
    {
        if (!context.Saga.StockCancelled)
            await CancelStockAgain(context);
        if (!context.Saga.PaymentCancelled)
            await CancelPaymentAgain(context);
    }

    public Task CancelStockAgain(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Inventory, new CancelStock(context.Saga.CorrelationId, context.Saga.Reason ?? "cancelled"));

    public Task CancelPaymentAgain(BehaviorContext<OrderState> context) =>
        Send(context, Queues.Payments, new CancelPayment(context.Saga.CorrelationId, context.Saga.Reason ?? "cancelled"));

    public bool StockWasHeld(BehaviorContext<OrderState> context) => !context.Saga.StockCancelled;

    public bool PaymentWasHeld(BehaviorContext<OrderState> context) => !context.Saga.PaymentCancelled;

    public void NoteStockCancelled(BehaviorContext<OrderState> context)
    {
        context.Saga.StockCancelled = true;
        Note(context, "the stock branch holds nothing");
    }

    public void NotePaymentCancelled(BehaviorContext<OrderState> context)
    {
        context.Saga.PaymentCancelled = true;
        Note(context, "the payment branch holds nothing");
    }

    public void NoteLateArrival(BehaviorContext<OrderState> context) => Note(context, "came after the order was cancelled: cancelled again");

    public bool NothingIsHeld(BehaviorContext<OrderState> context) => context.Saga is { StockCancelled: true, PaymentCancelled: true };

    // Final states.

    public Task AnnounceCompleted(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        return Publish(context, new OrderCompleted(order.CorrelationId, order.Merchant, order.IdempotencyKey, new Money(order.Total, order.Currency), Now));
    }

    public Task AnnounceRejected(BehaviorContext<OrderState, StockRejected> context)
    {
        context.Saga.Reason = Kept(context.Message.Reason);
        return AnnounceCancelled(context);
    }

    public Task AnnounceCancelled(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        return Publish(context, new OrderCancelled(order.CorrelationId, order.Merchant, order.IdempotencyKey, order.Reason ?? "cancelled", Now));
    }

    // Recovery.

    /// <summary>True if the row has not changed since it was seen overdue.</summary>
    public bool IsDue(BehaviorContext<OrderState, CheckOrder> context) =>
        context.Saga.Version == context.Message.Version && context.Saga.IsDue(Now);

    /// <summary>A cancellation was requested; its command may be in transit or lost.</summary>
    public bool CancelWasAsked(BehaviorContext<OrderState> context) => context.Saga.CancelAsked is not null;

    /// <summary>The gateway had its margin to report a last-second payment.</summary>
    public bool WaitIsOver(BehaviorContext<OrderState> context) => CancelWasAsked(context) || settings.Deadline(context.Saga) <= Now;

    /// <summary>No more money may be requested.</summary>
    public bool TooLateToPay(BehaviorContext<OrderState> context) => CancelWasAsked(context) || context.Saga.PayBefore <= Now;

    /// <summary>A review does not stop the time to pay.</summary>
    public bool ReviewIsOver(BehaviorContext<OrderState, CheckOrder> context) =>
        States.Unpaid(context.Saga.ReviewFrom) && IsDue(context) && WaitIsOver(context);

    public bool MayTryAgain(BehaviorContext<OrderState> context) => context.Saga.CheckAttempts < settings.GiveUpAfterChecks;

    public void BackOff(BehaviorContext<OrderState> context)
    {
        context.Saga.CheckAttempts++;
        context.Saga.NextCheckAt = settings.NextCheckAt(context.Saga, Now);
        Note(context, $"overdue: the command was sent again, attempt {context.Saga.CheckAttempts}");
    }

    public Task AskForReview(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        order.ReviewFrom = order.State;
        order.Reason ??= $"no answer in {order.State} after {order.CheckAttempts} attempts";
        return Publish(context, new OrderNeedsReview(order.CorrelationId, order.Merchant, order.IdempotencyKey, order.Reason, Now));
    }

    public void GoOn(BehaviorContext<OrderState> context) => LeaveReview(context, "the missing answer came");

    /// <summary>Returns the order to its previous state, due at once and with all its attempts left.</summary>
    public void TryAgain(BehaviorContext<OrderState> context)
    {
        LeaveReview(context, "an operator decided to retry");
        context.Saga.NextCheckAt = Now;
    }

    public Task Abandon(BehaviorContext<OrderState> context)
    {
        var order = context.Saga;
        var reason = order.ReviewFrom == States.Cancelling ? order.Reason : $"cancelled by an operator: {order.Reason}";
        BeginCancelling(context, reason ?? "cancelled", order.PaymentTried);
        return CancelWhatIsMissing(context);
    }

    void LeaveReview(BehaviorContext<OrderState> context, string detail)
    {
        var order = context.Saga;
        var from = order.State;
        order.State = order.ReviewFrom ?? throw new InvalidOperationException($"Order {order.CorrelationId} is in review without a previous state.");
        order.ReviewFrom = null;
        // The reason of a cancellation stays, the reason of the review does not.
        order.Reason = order.State == States.Cancelling ? order.Reason : null;
        OrderJournal.Keep(context, order, from, detail, Now, settings);
    }

    /// <summary>Handles a message as in the state before the review: it is ignored or refused, and the order stays in review.</summary>
    public static async Task AsBeforeReview(BehaviorContext<OrderState> context, Func<Task> raise)
    {
        var order = context.Saga;
        var review = order.State;
        order.State = order.ReviewFrom ?? throw new InvalidOperationException($"Order {order.CorrelationId} is in review without a previous state.");
        await raise();
        order.State = review;
    }

    static void BeginCancelling(BehaviorContext<OrderState> context, string? reason, bool paymentHolds)
    {
        context.Saga.Reason = Kept(reason);
        context.Saga.StockCancelled = false;
        context.Saga.PaymentCancelled = !paymentHolds;
        context.Saga.ReviewFrom = null;
    }

    /// <summary>Reasons come from callers and participants; cleaned so that every database can store them.</summary>
    static string Kept(string? reason) =>
        Text.Clean(reason, FieldRules.MaxOrderReasonLength) is { Length: > 0 } kept ? kept : "cancelled";

    static Task Send<T>(BehaviorContext<OrderState> context, string queue, T command) where T : class => context.GetPayload<Work>().Send(queue, command);

    static Task Publish<T>(BehaviorContext<OrderState> context, T happened) where T : class => context.GetPayload<Work>().Publish(happened);

    /// <summary>Audits a step that does not change the state.</summary>
    void Note(BehaviorContext<OrderState> context, string detail)
    {
        context.Saga.UpdatedAt = Now;
        context.GetPayload<Work>().Audit(context.Saga, context.Saga.State, context.Event.Name, detail);
    }

    static List<OrderLine> Lines(OrderState order) => [.. order.Lines.Select(line => new OrderLine(line.Sku, line.Quantity))];
}
