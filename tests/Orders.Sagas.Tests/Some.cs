namespace Orders.Sagas.Tests;

static class Some
{
    public const string PayUrl = "https://pay.example/1";

    public static readonly Money Total = new(2500, "EUR");

    /// <summary>An order in this state; due for a check if the state needs checks.</summary>
    public static OrderState Order(string state, DateTime now) => new()
    {
        CorrelationId = Guid.CreateVersion7(),
        Merchant = "acme",
        IdempotencyKey = $"key-{Guid.CreateVersion7():N}",
        State = state,
        Reason = state is OrderStates.Cancelling or OrderStates.Cancelled ? "changed their mind" : null,
        Currency = Total.Currency,
        Total = Total.Amount,
        Lines = [new OrderItem("tea-001", 2, 1250)],
        PaymentMethod = "card",
        PaymentToken = "tok_ok",
        PayBefore = now.AddMinutes(15),
        Flow = OrderLifecycle.Of(state).Flow ?? OrderFlows.StockFirst,
        PaymentTried = state != OrderStates.Reserving,
        StockReleased = state == OrderStates.Cancelled,
        PaymentReleased = state == OrderStates.Cancelled,
        NextRetryAt = OrderLifecycle.Of(state).IsFinalOrInReview ? null : now.AddSeconds(-1),
        CreatedAt = now,
        UpdatedAt = now,
        Version = 1,
    };

    /// <summary>An order in review, and the state it came from.</summary>
    public static OrderState InReview(string from, DateTime now)
    {
        var order = Order(from, now);
        (order.State, order.ReviewFrom, order.Reason) = (OrderStates.NeedsReview, from, $"no answer in {from}");
        order.NextRetryAt = new OrderSettings().FirstRetryAt(order, now);
        return order;
    }
}
