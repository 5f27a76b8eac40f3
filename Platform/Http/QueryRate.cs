using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Bounds how often one key may ask one process: <see cref="Limits.QueriesPerSecond"/>, after <see cref="Limits.QueryBurst"/> at once. One
/// caller in a loop must not take the database from the others.
/// </summary>
public static class QueryRate
{
    const string Policy = "queries";
    const string Name = "too-many-requests";
    const string Title = "This key asks too often.";

    /// <summary>429 with Retry-After beyond the bound.</summary>
    public static TBuilder LimitRate<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireRateLimiting(Policy).MayFail(StatusCodes.Status429TooManyRequests, Name, Title);

    internal static void AddQueryRate(this IServiceCollection services) => services.AddRateLimiter(options =>
    {
        options.OnRejected = (refused, _) => new ValueTask(ProblemMiddleware.Write(refused.HttpContext, Refused(refused.Lease)));
        // A service asks on behalf of many callers, each of whom was bounded where it came in.
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
        return new Problem(StatusCodes.Status429TooManyRequests, Name, Title,
            "Send the same request again after the time in Retry-After. Where a list takes many ids at once, ask for them together.") { RetryAfter = wait };
    }
}
