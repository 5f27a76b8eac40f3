using System.Security.Claims;
using System.Threading.RateLimiting;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>
/// Limits the requests of one API key that place nothing. A request that places an order or repeats one costs no permit, so a busy shop is
/// never refused here.
/// </summary>
sealed class FailedPlacements(OrderSettings settings) : IDisposable
{
    readonly PartitionedRateLimiter<string> permits = PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * settings.MaxFailedPlacementsPerSecond,
            TokensPerPeriod = settings.MaxFailedPlacementsPerSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        }));

    /// <summary>True if the key has no whole permit left. Reads the statistics: AttemptAcquire(0) succeeds with a fraction of a permit.</summary>
    public bool IsSpent(ClaimsPrincipal caller) => permits.GetStatistics(KeyOf(caller)) is { CurrentAvailablePermits: 0 };

    public void Charge(ClaimsPrincipal caller) => permits.AttemptAcquire(KeyOf(caller)).Dispose();

    public static Problem Refusal(string merchant)
    {
        LimitedRequests.Count("failed placements", merchant);
        return new Problem(ProblemTypes.TooManyRequests,
            "Too many of this key's requests placed nothing. Read their answers and correct them; then send this request again.") { RetryAfter = 1 };
    }

    public void Dispose() => permits.Dispose();

    static string KeyOf(ClaimsPrincipal caller) => caller.Identity!.Name!;
}
