namespace OrderSaga.Platform.Rates;

/// <summary>The rates of one kind of request: of each API key, of each merchant, and of all callers of an endpoint together.</summary>
/// <param name="ofKey">Null: no limit, as for the others.</param>
/// <param name="ofMerchant">All keys of the merchant together.</param>
/// <param name="ofEndpoint">All callers together.</param>
/// <param name="maxCallers">Maximum number of keys, and of merchants, with a count.</param>
public sealed class RatePolicy(BucketLimit? ofKey, BucketLimit? ofMerchant, BucketLimit? ofEndpoint, int maxCallers)
{
    static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(BucketLimit.MaxFillSeconds);

    readonly CallerTable<string> keys = new(maxCallers, Lifetime);
    readonly CallerTable<string> merchants = new(maxCallers, Lifetime);

    public bool IsSet => ofKey is not null || ofMerchant is not null || ofEndpoint is not null;

    /// <summary>The limits that apply to a request.</summary>
    /// <param name="key">Name of the caller's API key.</param>
    /// <param name="merchant">Its merchant.</param>
    /// <param name="own">The limit of this key in place of that of all keys; null: none.</param>
    /// <param name="endpoint">The count of the endpoint.</param>
    /// <param name="now">By <see cref="RateCharge.Now"/>.</param>
    public List<RateClaim> ClaimsOf(string key, string merchant, BucketLimit? own, long[] endpoint, long now)
    {
        var claims = new List<RateClaim>();
        if ((own ?? ofKey) is { } limit)
            claims.Add(new RateClaim(limit, keys.CountOf(key, limit, now)));
        if (ofMerchant is not null)
            claims.Add(new RateClaim(ofMerchant, merchants.CountOf(merchant, ofMerchant, now)));
        if (ofEndpoint is not null)
            claims.Add(new RateClaim(ofEndpoint, endpoint));
        return claims;
    }
}
