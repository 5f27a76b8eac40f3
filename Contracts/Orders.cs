namespace OrderSaga.Contracts;

/// <summary>
/// Command to the queue <see cref="Queues.SubmitOrder"/>: places an order, as POST /orders does. The same merchant and
/// idempotency key give the same order. Answered by <see cref="OrderSubmitted"/> or <see cref="OrderRejected"/>.
/// </summary>
/// <param name="Merchant">Owner of the order; on RabbitMQ one for which the sender's broker user may order.</param>
/// <param name="IdempotencyKey">The caller's own key, 1 to 255 printable characters; repeated in every event of the order.</param>
/// <param name="Currency">ISO 4217 code; every sku must be priced in it.</param>
/// <param name="Lines">1 to 100 lines, each sku at most once.</param>
/// <param name="Payment">How the customer pays.</param>
/// <param name="Class">A configured order class, which sets how long the customer has to pay; null: the default time.</param>
/// <param name="Total">The total shown to the customer. If the price list gives another, the order is rejected as <c>price-changed</c>;
/// null: not checked.</param>
/// <param name="Customer">The merchant's own reference of the customer, e.g. a customer number; null: none.</param>
/// <param name="CustomerRole">What the customer is to the merchant, e.g. <c>staff</c>; null: nothing in particular.</param>
public sealed record SubmitOrder(
    string Merchant, string IdempotencyKey, string Currency, IReadOnlyList<OrderLine> Lines, PaymentInstruction Payment, string? Class = null,
    Money? Total = null, string? Customer = null, string? CustomerRole = null);

/// <summary>Command: cancels the order unless it is too late (a capture was requested).</summary>
[SentBy(ServiceNames.OrdersApi)]
public sealed record CancelOrder(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>
/// Command of the overdue-orders job: the order was overdue at this version of its row, so repeat its last step. Ignored if the row changed
/// since.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The row version that was overdue.</param>
/// <param name="TakeOver">The order moves to the lane main first, because nothing answers in its own.</param>
[SentBy(ServiceNames.Reconciler)]
public sealed record CheckOrder(Guid OrderId, long Version, bool TakeOver = false) : IOrderMessage;

/// <summary>
/// Command of an operator about an order in review at this version of its row: returns it to its state before the review and resumes it.
/// Ignored if the row changed since.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The row version that the operator saw.</param>
/// <param name="TakeOver">As of <see cref="CheckOrder"/>.</param>
[SentBy(ServiceNames.Reconciler)]
public sealed record RetryOrder(Guid OrderId, long Version, bool TakeOver = false) : IOrderMessage;

/// <summary>
/// Command of an operator about an order in review at this version of its row: cancels it, whatever its branches hold.
/// Ignored if the row changed since.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The row version that the operator saw.</param>
/// <param name="TakeOver">As of <see cref="CheckOrder"/>.</param>
[SentBy(ServiceNames.Reconciler)]
public sealed record AbandonOrder(Guid OrderId, long Version, bool TakeOver = false) : IOrderMessage;

/// <summary>Event: the order is placed.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Merchant">Owner of the order.</param>
/// <param name="IdempotencyKey">The caller's key of the order.</param>
/// <param name="Total">The price of all lines.</param>
/// <param name="Lines">The ordered lines.</param>
/// <param name="SubmittedAt">Time of placement, UTC.</param>
public sealed record OrderSubmitted(
    Guid OrderId, string Merchant, string IdempotencyKey, Money Total, IReadOnlyList<OrderLine> Lines, DateTime SubmittedAt) : IOrderMessage;

/// <summary>Event: a <see cref="SubmitOrder"/> was rejected; no order exists for it.</summary>
/// <param name="Merchant">As in the command; if its sender may not order for that merchant, the sender's own, or empty.</param>
/// <param name="IdempotencyKey">As in the command.</param>
/// <param name="Code">The problem type's name, e.g. <c>unknown-sku</c>.</param>
/// <param name="Detail">What is wrong and what to do.</param>
public sealed record OrderRejected(string Merchant, string IdempotencyKey, string Code, string Detail);

/// <summary>Event: stock and payment are confirmed. Final.</summary>
public sealed record OrderCompleted(Guid OrderId, string Merchant, string IdempotencyKey, Money Total, DateTime CompletedAt) : IOrderMessage;

/// <summary>Event: the order holds no stock and no money. Final.</summary>
public sealed record OrderCancelled(Guid OrderId, string Merchant, string IdempotencyKey, string Reason, DateTime CancelledAt) : IOrderMessage;

/// <summary>Event: the system could not finish the order; an operator must decide.</summary>
public sealed record OrderNeedsReview(Guid OrderId, string Merchant, string IdempotencyKey, string Reason, DateTime At) : IOrderMessage;
