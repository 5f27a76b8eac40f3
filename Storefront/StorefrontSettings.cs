namespace OrderSaga.Storefront;

/// <summary>Where the shop's pages come from, and how old they may be. Bound from the section <c>Storefront</c>; checked at start.</summary>
public sealed class StorefrontSettings
{
    /// <summary>Base address of Orders.Api, the owner of the price list.</summary>
    public string? OrdersUrl { get; set; }

    /// <summary>Base address of Inventory.Worker, the owner of the stock levels.</summary>
    public string? StockUrl { get; set; }

    /// <summary>This process's own API key with the role <c>query</c>; the owners store its hash.</summary>
    public string? Key { get; set; }

    /// <summary>Interval between two queries for changes of the price list.</summary>
    public int PriceIntervalMilliseconds { get; set; } = 250;

    /// <summary>Interval between two queries for the levels of the skus that are watched.</summary>
    public int LevelIntervalMilliseconds { get; set; } = 500;

    /// <summary>How long the level of a sku is watched after a page showed it.</summary>
    public int WatchSeconds { get; set; } = 10;

    /// <summary>Maximum number of skus that are watched at the same time; the levels of others are read by each request.</summary>
    public int MaxWatchedSkus { get; set; } = 10_000;

    /// <summary>How long a page waits for the level of a sku that is not watched yet; then its availability is null.</summary>
    public int LevelWaitMilliseconds { get; set; } = 200;

    /// <summary>Timeout of one query to an owner.</summary>
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>From this age on pages count as stale and /health/ready says degraded; they are still served.</summary>
    public int StaleSeconds { get; set; } = 2;

    /// <summary>Prices older than this are not served (503); of levels older than this the availability is null.</summary>
    public int HardSeconds { get; set; } = 60;

    /// <summary>Up to this number of available pieces the availability is <c>few</c>.</summary>
    public int FewPieces { get; set; } = 5;

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        foreach (var (name, url) in new[] { (nameof(OrdersUrl), OrdersUrl), (nameof(StockUrl), StockUrl) })
            Require(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https",
                $"Storefront:{name} must be an absolute http or https URL");
        Require(!string.IsNullOrWhiteSpace(Key),
            "Set Storefront:Key (environment: Storefront__Key). Create a key with create-api-key --roles query");
        Require(PriceIntervalMilliseconds is >= 10 and <= 60_000, "Storefront:PriceIntervalMilliseconds must be 10 to 60000");
        Require(LevelIntervalMilliseconds is >= 10 and <= 60_000, "Storefront:LevelIntervalMilliseconds must be 10 to 60000");
        Require(WatchSeconds is >= 1 and <= 3600, "Storefront:WatchSeconds must be 1 to 3600");
        Require(MaxWatchedSkus is >= 1 and <= 1_000_000, "Storefront:MaxWatchedSkus must be 1 to 1000000");
        Require(LevelWaitMilliseconds is >= 1 and <= 10_000, "Storefront:LevelWaitMilliseconds must be 1 to 10000");
        Require(TimeoutMilliseconds is >= 10 and <= 30_000, "Storefront:TimeoutMilliseconds must be 10 to 30000");
        Require(StaleSeconds is >= 1 and <= 3600, "Storefront:StaleSeconds must be 1 to 3600");
        Require(HardSeconds <= 86_400 && HardSeconds >= StaleSeconds, "Storefront:HardSeconds must be StaleSeconds to 86400");
        Require(FewPieces is >= 0 and <= 1_000_000, "Storefront:FewPieces must be 0 to 1000000");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
