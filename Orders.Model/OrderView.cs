using System.Text.Json;
using System.Text.Json.Serialization;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;

namespace Orders.Model;

/// <summary>An order in API answers.</summary>
/// <param name="Id">Order id, UUIDv7.</param>
/// <param name="Status">One of Reserving, Trying, AwaitingPayment, AwaitingStock, ConfirmingPayment, ConfirmingStock, Cancelling, Completed,
/// Cancelled, NeedsReview.</param>
/// <param name="Reason">Why it was cancelled or needs review.</param>
/// <param name="Total">The price of all lines.</param>
/// <param name="Lines">The ordered lines with their prices at placement.</param>
/// <param name="Payment">Payment method and status.</param>
/// <param name="CreatedAt">UTC.</param>
/// <param name="UpdatedAt">UTC.</param>
/// <param name="Class">Order class; absent if none.</param>
/// <param name="Customer">Your reference of the customer; absent if none.</param>
/// <param name="Flow">The version of the order process that the order takes, fixed at placement.</param>
/// <param name="Lane">The lane whose queues carry the order, fixed at placement.</param>
/// <param name="TraceId">Trace of the placement; absent if it was not traced.</param>
public sealed record OrderView(
    Guid Id, string Status, string? Reason, Money Total, IReadOnlyList<LineView> Lines, PaymentView Payment, DateTime CreatedAt, DateTime UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Class = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Customer = null,
    string Flow = OrderFlows.StockFirst, string Lane = OrderLanes.Main,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId = null)
{
    public static OrderView Of(OrderState order) => new(
        order.CorrelationId, order.State, order.Reason, new Money(order.Total, order.Currency),
        [.. order.Lines.Select(line => new LineView(line.Sku, line.Quantity, line.UnitPrice, line.UnitPrice * line.Quantity))],
        PaymentView.Of(order), order.CreatedAt, order.UpdatedAt, order.Class, order.Customer, order.Flow,
        order.Lane, order.TraceId);

    /// <summary>Deterministic: the same order gives the same bytes in every process.</summary>
    public static byte[] Json(OrderState order) => JsonSerializer.SerializeToUtf8Bytes(Of(order), WebJson.Options);
}

/// <summary>One line of an order.</summary>
/// <param name="Sku">As in the price list.</param>
/// <param name="Quantity">Whole pieces.</param>
/// <param name="UnitPrice">Minor units.</param>
/// <param name="Amount">Quantity times unit price, minor units.</param>
public sealed record LineView(string Sku, int Quantity, long UnitPrice, long Amount);

/// <summary>The payment of an order.</summary>
/// <param name="Method">card or hosted.</param>
/// <param name="Status">none, authorizing, pending, authorized, captured, cancelling, cancelled or unclear.</param>
/// <param name="Url">Payment page for the customer, while the payment is pending.</param>
/// <param name="ExpiresAt">UTC; payments after this time are refused. Only while the payment is pending.</param>
public sealed record PaymentView(string Method, string Status, string? Url, DateTime? ExpiresAt)
{
    internal static PaymentView Of(OrderState order)
    {
        var status = StatusOf(order);
        var pending = status == "pending";
        return new PaymentView(order.PaymentMethod, status, pending ? order.PaymentUrl : null, pending ? order.PayBefore : null);
    }

    static string StatusOf(OrderState order) => order.State switch
    {
        OrderStates.Reserving => "none",
        OrderStates.AwaitingPayment => order.PaymentUrl is null ? "authorizing" : "pending",
        // The customer does not pay before the stock is reserved.
        OrderStates.Trying => "authorizing",
        OrderStates.AwaitingStock or OrderStates.ConfirmingPayment => "authorized",
        OrderStates.ConfirmingStock or OrderStates.Completed => "captured",
        OrderStates.Cancelling when order.PaymentTried => order.PaymentReleased ? "cancelled" : "cancelling",
        OrderStates.Cancelled when order.PaymentTried => "cancelled",
        OrderStates.NeedsReview => "unclear",
        _ => "none",
    };
}
