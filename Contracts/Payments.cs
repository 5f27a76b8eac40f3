namespace OrderSaga.Contracts;

/// <summary>Command (Try): authorize the amount.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Amount">The order's total.</param>
/// <param name="Payment">Card token, or hosted.</param>
/// <param name="PayBefore">UTC; a hosted payment page closes at this time.</param>
/// <param name="Merchant">The order's merchant, whose gateway calls have a limit of their own; null: no limit.</param>
[SentBy(ServiceNames.OrdersApi, ServiceNames.OrdersSagas)]
public sealed record TryAuthorizePayment(
    Guid OrderId, Money Amount, PaymentInstruction Payment, DateTime PayBefore, string? Merchant = null) : IOrderMessage;

/// <summary>Command (Confirm): captures the authorized amount.</summary>
[SentBy(ServiceNames.OrdersSagas, ServiceNames.Reconciler)]
public sealed record ConfirmPayment(Guid OrderId) : IOrderMessage;

/// <summary>Command (Cancel): voids an authorization, refunds a capture. Valid before the Try; repeatable.</summary>
[SentBy(ServiceNames.OrdersSagas, ServiceNames.Reconciler)]
public sealed record CancelPayment(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Answer: the amount is authorized.</summary>
[SentBy(ServiceNames.Payments, ServiceNames.Reconciler)]
public sealed record PaymentAuthorized(Guid OrderId) : IOrderMessage;

/// <summary>Answer: the customer has not paid yet.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Url">The payment page for the customer.</param>
/// <param name="ExpiresAt">UTC; payments after this time are refused.</param>
[SentBy(ServiceNames.Payments, ServiceNames.Reconciler)]
public sealed record PaymentPending(Guid OrderId, string Url, DateTime ExpiresAt) : IOrderMessage;

/// <summary>Answer: the gateway declined; nothing is authorized.</summary>
[SentBy(ServiceNames.Payments, ServiceNames.Reconciler)]
public sealed record PaymentDeclined(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Answer: the amount is captured.</summary>
[SentBy(ServiceNames.Payments, ServiceNames.Reconciler)]
public sealed record PaymentConfirmed(Guid OrderId) : IOrderMessage;

/// <summary>Answer: the gateway refused the capture; the authorization still stands until it is cancelled.</summary>
[SentBy(ServiceNames.Payments, ServiceNames.Reconciler)]
public sealed record PaymentRefused(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Answer: no money is authorized or captured for the order, and none will be.</summary>
[SentBy(ServiceNames.Payments, ServiceNames.Reconciler)]
public sealed record PaymentCancelled(Guid OrderId) : IOrderMessage;
