namespace OrderSaga.Ledgers;

/// <summary>The pieces of one sku by its level, its receipts and its branches.</summary>
/// <param name="Sku">The sku.</param>
/// <param name="Received">From the level.</param>
/// <param name="Available">From the level.</param>
/// <param name="Held">From the level.</param>
/// <param name="Sold">From the level.</param>
/// <param name="Receipts">Sum of the receipts.</param>
/// <param name="HeldByOrders">Held by branches.</param>
/// <param name="SoldToOrders">Sold by branches.</param>
public sealed record SkuBalance(
    string Sku, long Received, long Available, long Held, long Sold, long Receipts, long HeldByOrders, long SoldToOrders)
{
    /// <summary>Sum of the absolute differences, in pieces: 0 if received = available + held + sold and the level agrees with receipts and branches.</summary>
    public long Drift =>
        Math.Abs(Received - Available - Held - Sold) + Math.Abs(Received - Receipts) + Math.Abs(Held - HeldByOrders) + Math.Abs(Sold - SoldToOrders);

    public static SkuBalance operator +(SkuBalance one, SkuBalance other) => new(
        one.Sku, one.Received + other.Received, one.Available + other.Available, one.Held + other.Held, one.Sold + other.Sold,
        one.Receipts + other.Receipts, one.HeldByOrders + other.HeldByOrders, one.SoldToOrders + other.SoldToOrders);
}
