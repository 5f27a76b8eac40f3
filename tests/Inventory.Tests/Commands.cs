using OrderSaga.Contracts;
using Testing;

namespace OrderSaga.Inventory.Tests;

/// <summary>The participant's messages in the words of the model.</summary>
static class Commands
{
    public static IOrderMessage Of(Op op, Guid orderId, params OrderLine[] lines) => op switch
    {
        Op.Try => new TryReserveStock(orderId, lines),
        Op.Confirm => new ConfirmStock(orderId),
        _ => new CancelStock(orderId, "a test"),
    };

    public static string Text(object? answer) => answer switch
    {
        StockReserved => "tried",
        StockConfirmed => "confirmed",
        StockCancelled => "cancelled",
        StockRejected no => $"refused: {no.Reason}{string.Concat(no.Lines.Select(line => $" {line.Requested}/{line.Available}"))}",
        _ => throw new ArgumentException($"{answer} is not an answer", nameof(answer)),
    };

    public static string SoldOut(long requested, long available) => $"sold out {requested}/{available}";
}
