namespace FaultRuns.Client;

/// <summary>The products: some with plenty of stock, one with none, and one that runs out.</summary>
public sealed record StockLevels(IReadOnlyList<string> Usual, string Empty, string Scarce)
{
    public static async Task<StockLevels> Fill(Shop shop) => new(
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => shop.NewSku(1_000_000))), await shop.NewSku(0, "gone"), await shop.NewSku(40, "scarce"));
}
