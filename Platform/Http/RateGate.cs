using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Limits how often queries are accepted: by API key, by merchant and by endpoint (docs/adr/0040). One caller in a loop must not use up the
/// database.
/// </summary>
sealed class RateGate(QueryRateSettings rates, RateSettings shared, TimeProvider clock)
{
    readonly RatePolicy policy = new(
        BucketLimit.Of(RateSettings.Queries, rates.KeyPerSecond, rates.KeyBurst),
        BucketLimit.Of(RateSettings.Queries + " of the merchant", rates.MerchantPerSecond, rates.MerchantBurst),
        BucketLimit.Of(RateSettings.Queries + " of the endpoint", rates.EndpointPerSecond, rates.EndpointBurst, isShared: true),
        shared.MaxCallers);

    readonly int itemsPerQuery = rates.ItemsPerQuery;

    public async Task Admit(HttpContext http, LimitedQuery query, RequestDelegate run)
    {
        var caller = (ApiKeyPrincipal)http.User;
        // A service queries for many callers, each already limited by the service it called.
        if (caller.IsService)
        {
            await run(http);
            return;
        }

        var claims = policy.ClaimsOf(caller.KeyName, caller.Merchant, caller.QueryLimit, query.Count, RateCharge.Now(clock));
        var charge = new RateCharge(clock, claims, CostOf(query.ItemsOf(http.Request)));
        var isAccepted = charge.TryTake(out var excess);
        RateResponses.WriteHeaders(http.Response, charge);
        if (isAccepted)
            await run(http);
        else
            await RateResponses.Refuse(http, RateResponses.Refusal(excess!, caller.Merchant,
                "Send the same request again after the seconds in Retry-After. If a list accepts several ids, request them together."));
    }

    int CostOf(int items) => Math.Max(1, (items + itemsPerQuery - 1) / itemsPerQuery);
}

/// <summary>A query with a rate: how many items a request wants, and the count of all its callers.</summary>
public sealed class LimitedQuery
{
    readonly Func<HttpRequest, int>? items;

    internal LimitedQuery(Func<HttpRequest, int>? items) => this.items = items;

    /// <summary>True if a query's cost depends on what it wants.</summary>
    public bool HasCost => items is not null;

    internal long[] Count { get; } = [0];

    internal int ItemsOf(HttpRequest request) => items?.Invoke(request) ?? 1;
}

/// <summary>What a query costs: the items that it wants.</summary>
public static class QueryCost
{
    /// <summary>The rows of a page (<see cref="Paging"/>).</summary>
    public static int Page(HttpRequest request) => Paging.RowsOf(request);

    /// <summary>The ids in a parameter, separated by commas.</summary>
    public static Func<HttpRequest, int> Ids(string parameter) => request => request.Query[parameter].ToString().AsSpan().Count(',') + 1;
}

public static class QueryRateExtensions
{
    /// <summary>Limits the rate of the query; over it the answer is 429 with Retry-After.</summary>
    /// <param name="endpoint">A query of callers with an API key.</param>
    /// <param name="items">See <see cref="QueryCost"/>; null: every query costs the same.</param>
    public static TBuilder LimitRate<TBuilder>(this TBuilder endpoint, Func<HttpRequest, int>? items = null)
        where TBuilder : IEndpointConventionBuilder
    {
        var query = new LimitedQuery(items);
        endpoint.Finally(built =>
        {
            var run = built.RequestDelegate!;
            built.RequestDelegate = http => http.RequestServices.GetRequiredService<RateGate>().Admit(http, query, run);
        });
        return endpoint.WithMetadata(query).ProducesProblem(ProblemTypes.TooManyRequests);
    }

    internal static void AddRates(this WebApplicationBuilder builder)
    {
        var shared = builder.Configuration.GetSection("Rates").GetStrict<RateSettings>("Place", "Query");
        shared.Check();
        var rates = builder.Configuration.GetSection("Rates:Query").GetStrict<QueryRateSettings>();
        rates.Check();
        builder.Services.AddSingleton(shared);
        builder.Services.AddSingleton(rates);
        builder.Services.AddSingleton<RateGate>();
    }
}
