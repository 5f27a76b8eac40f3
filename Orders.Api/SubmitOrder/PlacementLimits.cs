using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Orders.Model;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Rates;

namespace Orders.Api;

/// <summary>
/// Limits what callers send to this process over HTTP: requests that place nothing, by API key; and, if a rate is set, new orders, by API key,
/// merchant, customer and endpoint (docs/adr/0040). A request that repeats an order costs no permit, so a busy shop can always repeat.
/// </summary>
sealed class PlacementLimits(OrderSettings settings, PlacementRateSettings rates, RateSettings shared, TimeProvider clock)
{
    const string Name = RateSettings.Placements;

    readonly BucketLimit failures = BucketLimit.Of("failed placements", settings.MaxFailedPlacementsPerSecond, burst: null)!;
    readonly CallerTable<string> failing = new(shared.MaxCallers, TimeSpan.FromSeconds(2));

    readonly RatePolicy policy = new(
        BucketLimit.Of(Name, rates.KeyPerSecond, rates.KeyBurst),
        BucketLimit.Of(Name + " of the merchant", rates.MerchantPerSecond, rates.MerchantBurst),
        BucketLimit.Of(Name + " of the endpoint", rates.EndpointPerSecond, rates.EndpointBurst, isShared: true),
        shared.MaxCallers);

    readonly WindowLimit? ofCustomer =
        rates.MaxPerCustomer == 0 ? null : new WindowLimit(Name + " of the customer", rates.MaxPerCustomer, rates.CustomerWindowSeconds);

    readonly CallerTable<Guid> customers = new(shared.MaxCallers, TimeSpan.FromSeconds(rates.CustomerWindowSeconds));
    readonly long[] endpoint = [0];

    /// <summary>True if the key has no whole permit of failures left.</summary>
    public bool HasTooManyFailures(ClaimsPrincipal caller) => ChargeOfFailure(caller).Excess() is not null;

    public void ChargeFailure(ClaimsPrincipal caller) => ChargeOfFailure(caller).TryTake(out _);

    RateCharge ChargeOfFailure(ClaimsPrincipal caller) =>
        new(clock, [new RateClaim(failures, failing.CountOf(caller.Identity!.Name!, failures, RateCharge.Now(clock)))]);

    public static Problem FailureRefusal(string merchant)
    {
        LimitedRequests.Count("failed placements", merchant);
        return new Problem(ProblemTypes.TooManyRequests,
            "Too many of this key's requests placed nothing. Read their answers and correct them; then send this request again.") { RetryAfter = 1 };
    }

    /// <summary>What a new order takes from the caller's rates; null if none applies, which a few comparisons tell.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="customer">The order's customer; null if there is none, and before the order is read.</param>
    public RateCharge? ChargeOf(ClaimsPrincipal caller, string? customer = null)
    {
        var key = (ApiKeyPrincipal)caller;
        if (key.PlacementLimit is null && ofCustomer is null && !policy.IsSet)
            return null;
        var now = RateCharge.Now(clock);
        var claims = policy.ClaimsOf(key.KeyName, key.Merchant, key.PlacementLimit, endpoint, now);
        if (ofCustomer is not null && customer is not null)
            claims.Add(new RateClaim(ofCustomer, customers.CountOf(IdOf(key.Merchant, customer), ofCustomer, now)));
        return claims.Count == 0 ? null : new RateCharge(clock, claims);
    }

    /// <summary>A hash: a long reference takes no more memory than a short one, and the memory names no customer.</summary>
    static Guid IdOf(string merchant, string customer) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"{merchant}\n{customer}")).AsSpan(0, 16));
}
