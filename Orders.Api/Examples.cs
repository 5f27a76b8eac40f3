using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Contracts;

namespace Orders.Api;

/// <summary>Examples for the API document.</summary>
static class Examples
{
    static readonly Guid Id = Guid.Parse("019c13f2-6c00-7a51-8f3e-2b7d64c1a901");
    static readonly DateTime At = new(2026, 1, 31, 12, 0, 0, 12, DateTimeKind.Utc);
    static readonly IReadOnlyList<LineView> Lines = [new("tea-001", 2, 1250, 2500)];

    public static readonly OrderRequest Request = new("EUR", [new("tea-001", 2)], new("card", "tok_ok"), Total: new(2500, "EUR"));

    public static readonly OrderView Placed = Order(OrderStates.Reserving, null, "none", At);

    public static readonly OrderView Completed = Order(OrderStates.Completed, null, "captured", At.AddMilliseconds(85));

    public static readonly OrderView Cancelled = Order(OrderStates.Cancelled, "changed their mind", "cancelled", At.AddMilliseconds(64));

    public static readonly ProductView Product = new("tea-001", "Green tea, 100 g", 1250, "EUR", At);

    public static readonly OrderTimeline Timeline = new(Id,
    [
        new(At, "order", "order", null, OrderStates.Reserving, "SubmitOrder", null),
        new(At.AddMilliseconds(17), "stock", "stock branch", null, "Tried", "TryReserveStock", "available -> held: tea-001 x 2"),
        new(At.AddMilliseconds(22), "order", "order", OrderStates.Reserving, OrderStates.AwaitingPayment, "StockReserved", null),
    ],
    [new("payment", "no answer within 1000 ms")]);

    public static readonly OrderTrace Trace = SpanTree.Of(
        new OrderHistory(
            new OrderState { CorrelationId = Id, TraceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
            [
                new(At, "order", "order", null, OrderStates.Reserving, "SubmitOrder", null),
                new(At.AddMilliseconds(22), "order", "order", OrderStates.Reserving, OrderStates.AwaitingPayment, "StockReserved", null),
            ],
            [
                new(At.AddMilliseconds(17), "stock", "stock branch", null, "Tried", "TryReserveStock", "available -> held: tea-001 x 2"),
                new(At.AddMilliseconds(26), "payment", "payment branch", null, "Trying", "TryAuthorizePayment", null),
                new(At.AddMilliseconds(26), "gateway", "payment authorize", null, "Sent", "TryAuthorizePayment", null),
            ],
            [new("case", "no answer within 1000 ms")]),
        At.AddMilliseconds(1026));

    static OrderView Order(string status, string? reason, string payment, DateTime updatedAt) =>
        new(Id, status, reason, new Money(2500, "EUR"), Lines, new PaymentView("card", payment, null, null), At, updatedAt);
}
