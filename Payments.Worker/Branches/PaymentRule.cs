using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using static OrderSaga.Payments.BranchState;

namespace OrderSaga.Payments;

/// <summary>
/// The rule of the payment branch: the effect of a command or of the gateway's answer in each state. Pure, so that tests can run every
/// sequence.
/// </summary>
static class PaymentRule
{
    const string TooLate = "already cancelled";
    const string Unusable = "the amount or the payment method is invalid";
    const string MissingUrl = "the gateway returned no valid payment page";

    /// <summary>True if amount and payment method are valid; otherwise the payment is declined and nothing of the message is stored.</summary>
    public static bool IsUsable(TryAuthorizePayment message) => FieldRules.IsTotal(message.Amount) && FieldRules.IsPayment(message.Payment);

    /// <summary>Reason of a decline: the gateway may no longer be asked for money.</summary>
    public const string TimeIsOver = "the time to pay is over";

    public static Outcome Try(PaymentBranch? branch, TryAuthorizePayment message, DateTime now) => branch?.State switch
    {
        null when !IsUsable(message) =>
            new PaymentStep(Cancelled, new PaymentDeclined(message.OrderId, Unusable), Note: Unusable),
        null when message.PayBefore <= now =>
            new PaymentStep(Refused, new PaymentDeclined(message.OrderId, TimeIsOver), Note: "the gateway was not called", Request: message),
        null => new PaymentStep(Trying, Call: Operation.Authorize, Request: message),
        Cancelling or Cancelled => new Outcome.Repeat(new PaymentDeclined(message.OrderId, branch.Amount == 0 ? branch.Reason ?? TooLate : TooLate)),
        _ when branch.Amount != message.Amount?.Amount || branch.Currency != message.Amount.Currency =>
            new Outcome.Violation("a second Try with another amount"),
        Trying => Outcome.Nothing,
        Pending => new Outcome.Repeat(new PaymentPending(branch.OrderId, branch.Url ?? "", branch.PayBefore ?? message.PayBefore)),
        Refused => new Outcome.Repeat(new PaymentDeclined(branch.OrderId, branch.Reason ?? "")),
        _ => new Outcome.Repeat(new PaymentAuthorized(branch.OrderId)),
    };

    /// <param name="branch">The order's branch.</param>
    /// <param name="captureRefused">The gateway refused the capture: a later Confirm is a duplicate.</param>
    public static Outcome Confirm(PaymentBranch? branch, bool captureRefused) => branch?.State switch
    {
        Tried => new PaymentStep(Confirming, Call: Operation.Capture),
        Confirming => Outcome.Nothing,
        Confirmed => new Outcome.Repeat(new PaymentConfirmed(branch.OrderId)),
        CaptureRefused => new Outcome.Repeat(new PaymentRefused(branch.OrderId, branch.Reason ?? "")),
        Cancelling or Cancelled when captureRefused => new Outcome.Repeat(new PaymentRefused(branch.OrderId, branch.Reason ?? "")),
        // A Cancel came before. The order's state decides what this answer means: in Cancelling it is the release, in Cancelled it is ignored. If
        // the order still needs the money, it is stored as failed.
        Cancelling when branch.CancelRequested => Outcome.Nothing,
        Cancelled when branch.CancelRequested => new Outcome.Repeat(new PaymentCancelled(branch.OrderId)),
        null => new Outcome.Violation("a Confirm without a Try"),
        _ => new Outcome.Violation($"a Confirm of a branch that is {branch.State}"),
    };

    /// <param name="branch">The order's branch.</param>
    /// <param name="message">The command.</param>
    /// <param name="undoDeclined">The gateway refused the void or the refund.</param>
    /// <param name="neverSent">It is certain that no gateway has an authorization: none that was sent lacks its answer.</param>
    public static Outcome Cancel(PaymentBranch? branch, CancelPayment message, bool undoDeclined, bool neverSent) => branch?.State switch
    {
        null => Ended(message.OrderId, "cancelled before tried"),
        Refused => Ended(message.OrderId),
        Trying when neverSent => Ended(message.OrderId, "no gateway was reached"),
        Trying or Confirming when branch.CancelRequested => Outcome.Nothing,
        Trying or Confirming => new PaymentStep(branch.State, CancelRequested: true, Note: "waits for the gateway's answer"),
        Pending or Tried or CaptureRefused => new PaymentStep(Cancelling, Call: Operation.Void, CancelRequested: true),
        Confirmed => new PaymentStep(Cancelling, Call: Operation.Refund, CancelRequested: true),
        Cancelling when undoDeclined => new PaymentStep(Cancelling, Call: branch.Undo, CancelRequested: true, Note: "the gateway is called again"),
        Cancelling when !branch.CancelRequested => new PaymentStep(Cancelling, CancelRequested: true, Note: "waits for the gateway's answer"),
        Cancelling => Outcome.Nothing,
        _ => new Outcome.Repeat(new PaymentCancelled(branch.OrderId)),
    };

    /// <summary>The effect of a certain answer of the gateway about one operation, at any time.</summary>
    public static Outcome Answered(PaymentBranch branch, Operation operation, GatewayAnswer answer) => (operation, answer.Result) switch
    {
        (Operation.Authorize, GatewayResult.Succeeded) => Authorized(branch),
        (Operation.Authorize, GatewayResult.Pending) => AwaitsCustomer(branch, answer),
        (Operation.Authorize, GatewayResult.Declined) => NotAuthorized(branch, answer.Reason ?? ""),
        (Operation.Capture, GatewayResult.Succeeded) => Captured(branch),
        (Operation.Capture, GatewayResult.Declined) => NotCaptured(branch, answer.Reason ?? ""),
        (Operation.Void or Operation.Refund, GatewayResult.Succeeded) => MoneyReturned(branch, operation),
        (Operation.Void or Operation.Refund, GatewayResult.Declined) => MoneyNotReturned(branch, operation),
        (Operation.Void, GatewayResult.Captured) => CapturedExternally(branch),
        _ => Outcome.Nothing,
    };

    /// <summary>Nothing was sent, and nothing will be.</summary>
    public static PaymentStep NeverSent(PaymentBranch branch) => branch.CancelRequested
        ? Ended(branch.OrderId, "no gateway was reached")
        : new PaymentStep(Refused, new PaymentDeclined(branch.OrderId, RouteRule.NoWay), Note: RouteRule.NoWay);

    /// <summary>The gateway holds money for a cancelled payment: repeats the void, which found nothing before.</summary>
    public static Outcome LatePayment(PaymentBranch branch) =>
        branch.State is Cancelling or Cancelled && branch.Undo == Operation.Void ? Late(Operation.Void) : Outcome.Nothing;

    static Outcome Authorized(PaymentBranch branch) => branch.State switch
    {
        Trying or Pending when branch.CancelRequested => new PaymentStep(Cancelling, Call: Operation.Void, Note: "cancelled meanwhile"),
        Trying or Pending => new PaymentStep(Tried, new PaymentAuthorized(branch.OrderId)),
        Refused or Cancelled when branch.Undo is null => Late(Operation.Void),
        _ => Outcome.Nothing,
    };

    static Outcome AwaitsCustomer(PaymentBranch branch, GatewayAnswer answer) => branch.State switch
    {
        Trying when branch.CancelRequested => new PaymentStep(Cancelling, Call: Operation.Void, Note: "cancelled meanwhile"),
        // The customer cannot pay: the order fails with a reason, and the open payment is voided.
        Trying when answer.Url is null =>
            new PaymentStep(Cancelling, new PaymentDeclined(branch.OrderId, MissingUrl), Call: Operation.Void, Note: MissingUrl, Alarm: true),
        Trying => new PaymentStep(Pending, new PaymentPending(branch.OrderId, answer.Url, answer.ExpiresAt ?? branch.PayBefore ?? default)),
        _ => Outcome.Nothing,
    };

    static Outcome NotAuthorized(PaymentBranch branch, string reason) => branch.State switch
    {
        Trying or Pending when branch.CancelRequested => Ended(branch.OrderId, "the gateway declined: " + reason),
        Trying or Pending => new PaymentStep(Refused, new PaymentDeclined(branch.OrderId, reason), Note: reason),
        _ => Outcome.Nothing,
    };

    static Outcome Captured(PaymentBranch branch) => branch.State switch
    {
        Confirming when branch.CancelRequested => new PaymentStep(Cancelling, Call: Operation.Refund, Note: "cancelled meanwhile"),
        Confirming => new PaymentStep(Confirmed, new PaymentConfirmed(branch.OrderId)),
        CaptureRefused or Cancelling or Cancelled when branch.Undo != Operation.Refund => Late(Operation.Refund),
        _ => Outcome.Nothing,
    };

    static Outcome NotCaptured(PaymentBranch branch, string reason) => branch.State switch
    {
        Confirming when branch.CancelRequested => new PaymentStep(Cancelling, Call: Operation.Void, Note: "the gateway refused the capture: " + reason),
        Confirming => new PaymentStep(CaptureRefused, new PaymentRefused(branch.OrderId, reason), Note: reason),
        _ => Outcome.Nothing,
    };

    static Outcome MoneyReturned(PaymentBranch branch, Operation operation) => branch.State switch
    {
        Cancelling when branch.Undo == operation => new PaymentStep(Cancelled, branch.CancelRequested ? new PaymentCancelled(branch.OrderId) : null),
        _ => Outcome.Nothing,
    };

    /// <summary>Another party captured the money that the void should release: starts a refund.</summary>
    static Outcome CapturedExternally(PaymentBranch branch) => branch is { State: Cancelling, Undo: Operation.Void }
        ? new PaymentStep(Cancelling, Call: Operation.Refund, Note: "another party captured the payment: it is refunded", Alarm: true)
        : Outcome.Nothing;

    /// <summary>
    /// The gateway refuses to void or refund: raises an alarm. The saga gets no answer, so an order that waits for it moves to review.
    /// </summary>
    static Outcome MoneyNotReturned(PaymentBranch branch, Operation operation) => branch.State == Cancelling && branch.Undo == operation
        ? new PaymentStep(Cancelling, Note: $"the gateway refused the {PaymentAttempt.Name(operation)}", Alarm: true)
        : Outcome.Nothing;

    static PaymentStep Ended(Guid orderId, string? note = null) => new(Cancelled, new PaymentCancelled(orderId), CancelRequested: true, Note: note);

    static PaymentStep Late(Operation undo) => new(Cancelling, Call: undo, Note: "late payment", Alarm: true);
}

/// <summary>The payment branch changes.</summary>
/// <param name="To">The new state; unchanged if only the Cancel is recorded.</param>
/// <param name="Answer">Answer to the saga, if already known.</param>
/// <param name="Call">Gateway operation to start after the commit.</param>
/// <param name="CancelRequested">A Cancel has arrived.</param>
/// <param name="Note">Explanation for the audit.</param>
/// <param name="Alarm">
/// True raises an alarm: money arrived late, could not be returned or was captured by another party; or the gateway gave no valid payment page.
/// </param>
/// <param name="Request">The Try that the branch stores.</param>
/// <param name="Gateway">The gateway that the branch names from now on; null: as before.</param>
sealed record PaymentStep(
    BranchState To, object? Answer = null, Operation? Call = null, bool CancelRequested = false, string? Note = null, bool Alarm = false,
    TryAuthorizePayment? Request = null, string? Gateway = null) : Outcome.Step<BranchState>(To, Answer, Note);
