using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Limits how often one API key may query one process: <see cref="Limits.QueriesPerSecond"/> on average, bursts of
/// <see cref="Limits.QueryBurst"/>. One caller in a loop must not use up the database.
/// </summary>
public static class QueryRate
{
    const string Policy = "queries";

    /// <summary>Answers 429 with Retry-After over the limit.</summary>
    public static TBuilder LimitRate<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireRateLimiting(Policy).ProducesProblem(ProblemTypes.TooManyRequests);

    internal static void AddQueryRate(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.OnRejected = async (refused, _) =>
        {
            LimitedRequests.Count("queries", refused.HttpContext.User.Merchant());
            await LimitedRequests.SlowDown(refused.HttpContext);
            await ProblemMiddleware.Write(refused.HttpContext, Refused(refused.Lease));
        };
        // A service queries for many callers, each already limited by the service it called.
        options.AddPolicy(Policy, http => IsService(http.User)
            ? RateLimitPartition.GetNoLimiter("")
            : RateLimitPartition.GetTokenBucketLimiter(CallerOf(http), _ => Bucket(http.RequestServices.GetRequiredService<Limits>())));
    });

    static bool IsService(ClaimsPrincipal user) => user.IsInRole(Roles.Query) && user.FindAll(ApiKey.RoleClaim).Count() == 1;

    static TokenBucketRateLimiterOptions Bucket(Limits limits) => new()
    {
        TokenLimit = limits.QueryBurst,
        TokensPerPeriod = limits.QueriesPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
    };

    static string CallerOf(HttpContext http) => $"{http.User.FindFirstValue(ApiKey.MerchantClaim)}\n{http.User.Identity?.Name}";

    static Problem Refused(RateLimitLease lease)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        return new Problem(ProblemTypes.TooManyRequests,
            "Send the same request again after the seconds in Retry-After. If a list accepts several ids, request them together.") { RetryAfter = wait };
    }
}
