using OrderSaga.Storefront.Pages;

namespace OrderSaga.Storefront.Prices;

/// <summary>The whole price list at one version; it never changes.</summary>
sealed class PriceSnapshot
{
    public static readonly PriceSnapshot Empty = new(0, [], []);

    readonly Dictionary<string, ShopProduct> bySku;
    readonly string[] skus;

    PriceSnapshot(long version, Dictionary<string, ShopProduct> bySku, string[] skus) => (Version, this.bySku, this.skus) = (version, bySku, skus);

    public long Version { get; }

    /// <summary>Null: it does not exist, because a snapshot is whole.</summary>
    public ShopProduct? Find(string sku) => bySku.GetValueOrDefault(sku);

    /// <summary>The products after this sku, sorted byte by byte.</summary>
    public IEnumerable<ShopProduct> After(string sku)
    {
        var at = Array.BinarySearch(skus, sku, StringComparer.Ordinal);
        for (var i = at < 0 ? ~at : at + 1; i < skus.Length; i++)
            yield return bySku[skus[i]];
    }

    /// <summary>A copy with these changes. Prices change seldom: 100,000 entries take a millisecond.</summary>
    public PriceSnapshot With(IReadOnlyList<PriceChange> changes, long version)
    {
        if (changes.Count == 0)
            return version == Version ? this : new PriceSnapshot(version, bySku, skus);
        var next = new Dictionary<string, ShopProduct>(bySku, StringComparer.Ordinal);
        foreach (var change in changes)
            next[change.Sku] = new ShopProduct(change);
        return new PriceSnapshot(version, next, next.Count == bySku.Count ? skus : [.. next.Keys.Order(StringComparer.Ordinal)]);
    }
}
