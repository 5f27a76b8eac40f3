namespace OrderSaga.Contracts;

/// <summary>
/// Command to the queue <see cref="Queues.SubmitOrder"/>: places an order, as POST /orders does. The same merchant and
/// idempotency key give the same order. Answered by <see cref="OrderSubmitted"/> or <see cref="OrderRejected"/>.
/// </summary>
/// <param name="Merchant">Whose order it is; who may send to the queue may order for any merchant.</param>
/// <param name="IdempotencyKey">The caller's own key, 1 to 255 printable characters; comes back in every event of the order.</param>
/// <param name="Currency">ISO 4217 code; every sku must be priced in it.</param>
/// <param name="Lines">1 to 100 lines, each sku once.</param>
/// <param name="Payment">How the customer pays.</param>
/// <param name="Class">A configured class of orders, which says how long the customer has to pay; null: none.</param>
/// <param name="Total">What the customer was shown. Where the price list gives another total, the order is rejected as <c>price-changed</c>; null: any.</param>
public sealed record SubmitOrder(
    string Merchant, string IdempotencyKey, string Currency, IReadOnlyList<OrderLine> Lines, PaymentInstruction Payment, string? Class = null,
    Money? Total = null);

/// <summary>Command: cancel the order if it is not too late (no money has been asked to be captured yet).</summary>
public sealed record CancelOrder(Guid OrderId, string Reason) : IOrderMessage;

/// <summary>
/// Command of the assurance job: the order was overdue at this version of its row; drive it on. Ignored when the row has moved since.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The row's version that was seen overdue.</param>
public sealed record CheckOrder(Guid OrderId, long Version) : IOrderMessage;

/// <summary>
/// Command, a person's decision about an order in review at this version of its row: it goes back to where it was, and is driven on from there.
/// Ignored when the row has moved since.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The row's version that the person saw.</param>
public sealed record RetryOrder(Guid OrderId, long Version) : IOrderMessage;

/// <summary>
/// Command, a person's decision about an order in review at this version of its row: it is cancelled, whatever its branches hold. Ignored when the
/// row has moved since.
/// </summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The row's version that the person saw.</param>
public sealed record AbandonOrder(Guid OrderId, long Version) : IOrderMessage;

/// <summary>Event: the order is placed and will end.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Merchant">Whose order it is.</param>
/// <param name="IdempotencyKey">The key that the caller placed it with.</param>
/// <param name="Total">The price of all lines.</param>
/// <param name="Lines">What was ordered.</param>
/// <param name="SubmittedAt">UTC.</param>
public sealed record OrderSubmitted(
    Guid OrderId, string Merchant, string IdempotencyKey, Money Total, IReadOnlyList<OrderLine> Lines, DateTime SubmittedAt) : IOrderMessage;

/// <summary>Event: a <see cref="SubmitOrder"/> was not accepted; no order exists for it.</summary>
/// <param name="Merchant">As in the command.</param>
/// <param name="IdempotencyKey">As in the command.</param>
/// <param name="Code">The problem type's name, e.g. <c>unknown-sku</c>.</param>
/// <param name="Detail">What was wrong and what to do.</param>
public sealed record OrderRejected(string Merchant, string IdempotencyKey, string Code, string Detail);

/// <summary>Event: goods and money are confirmed; the end.</summary>
public sealed record OrderCompleted(Guid OrderId, string Merchant, string IdempotencyKey, Money Total, DateTime CompletedAt) : IOrderMessage;

/// <summary>Event: nothing is held and no money is taken; the end.</summary>
public sealed record OrderCancelled(Guid OrderId, string Merchant, string IdempotencyKey, string Reason, DateTime CancelledAt) : IOrderMessage;

/// <summary>Event: the system could not bring the order to an end by itself; a person must look.</summary>
public sealed record OrderNeedsReview(Guid OrderId, string Merchant, string IdempotencyKey, string Reason, DateTime At) : IOrderMessage;
