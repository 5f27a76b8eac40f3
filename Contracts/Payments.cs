namespace OrderSaga.Contracts;

/// <summary>Command (Try): authorize the amount.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Amount">The order's total.</param>
/// <param name="Payment">Card token, or hosted.</param>
/// <param name="PayBefore">UTC; a hosted payment page closes then.</param>
public sealed record TryAuthorizePayment(Guid OrderId, Money Amount, PaymentInstruction Payment, DateTime PayBefore) : IOrderMessage;

/// <summary>Command (Confirm): capture what was authorized.</summary>
public sealed record ConfirmPayment(Guid OrderId) : IOrderMessage;

/// <summary>Command (Cancel): void what was authorized, refund what was captured; also before its Try, and again.</summary>
public sealed record CancelPayment(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Event: the money is set aside.</summary>
public sealed record PaymentAuthorized(Guid OrderId) : IOrderMessage;

/// <summary>Event: the customer has yet to pay.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Url">Where the customer pays.</param>
/// <param name="ExpiresAt">UTC; no payment is taken after it.</param>
public sealed record PaymentPending(Guid OrderId, string Url, DateTime ExpiresAt) : IOrderMessage;

/// <summary>Event: the gateway said no; nothing is set aside.</summary>
public sealed record PaymentDeclined(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Event: the money is captured.</summary>
public sealed record PaymentConfirmed(Guid OrderId) : IOrderMessage;

/// <summary>Event: the gateway refused the capture; the authorization still stands until it is cancelled.</summary>
public sealed record PaymentRefused(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>Event: no money is set aside or taken for the order, now or ever again.</summary>
public sealed record PaymentCancelled(Guid OrderId) : IOrderMessage;
