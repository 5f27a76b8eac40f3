namespace Reconciler.Job;

/// <summary>The pieces of one sku: what its level says, and what the receipts and the branches come to.</summary>
/// <param name="Sku">Which.</param>
/// <param name="Received">As the level says.</param>
/// <param name="Available">As the level says.</param>
/// <param name="Held">As the level says.</param>
/// <param name="Sold">As the level says.</param>
/// <param name="Receipts">What came in, by the receipts.</param>
/// <param name="HeldByOrders">What branches hold.</param>
/// <param name="SoldToOrders">What branches have sold.</param>
sealed record SkuBalance(
    string Sku, long Received, long Available, long Held, long Sold, long Receipts, long HeldByOrders, long SoldToOrders)
{
    /// <summary>Pieces that are on one side only: 0 when received = available + held + sold, by the level and by everything that it comes from.</summary>
    public long Drift =>
        Math.Abs(Received - Available - Held - Sold) + Math.Abs(Received - Receipts) + Math.Abs(Held - HeldByOrders) + Math.Abs(Sold - SoldToOrders);

    public static SkuBalance operator +(SkuBalance one, SkuBalance other) => new(
        one.Sku, one.Received + other.Received, one.Available + other.Available, one.Held + other.Held, one.Sold + other.Sold,
        one.Receipts + other.Receipts, one.HeldByOrders + other.HeldByOrders, one.SoldToOrders + other.SoldToOrders);
}
