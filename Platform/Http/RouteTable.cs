using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Http;

/// <summary>All endpoints of a path, whatever the method. Used for HEAD, OPTIONS, 405 and 415 only.</summary>
sealed class RouteTable(EndpointDataSource endpoints)
{
    readonly Lazy<(TemplateMatcher Matcher, RouteEndpoint Endpoint)[]> all = new(() => [.. endpoints.Endpoints.OfType<RouteEndpoint>().Select(Matched)]);

    public List<RouteEndpoint> At(PathString path) =>
        [.. all.Value.Where(one => one.Matcher.TryMatch(path, [])).Select(one => one.Endpoint)];

    public static bool Accepts(RouteEndpoint endpoint, string method) => Methods(endpoint).Contains(method, StringComparer.OrdinalIgnoreCase);

    /// <summary>The value of the Allow header.</summary>
    public static string Allow(IEnumerable<RouteEndpoint> found) => string.Join(", ", found.SelectMany(Methods)
        .SelectMany(method => HttpMethods.IsGet(method) ? [method, HttpMethods.Head] : new[] { method }).Append(HttpMethods.Options).Distinct());

    /// <summary>The accepted content types of this path and method; JSON by default.</summary>
    public string ContentTypes(HttpRequest request)
    {
        var types = At(request.Path).Where(endpoint => Accepts(endpoint, request.Method))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes ?? []).Distinct().ToList();
        return types.Count == 0 ? "application/json" : string.Join(" or ", types);
    }

    static (TemplateMatcher, RouteEndpoint) Matched(RouteEndpoint endpoint) => (new TemplateMatcher(new RouteTemplate(endpoint.RoutePattern), []), endpoint);

    static IReadOnlyList<string> Methods(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
}

static class RouteTableExtensions
{
    public static RouteTable Addresses(this HttpContext http) => http.RequestServices.GetRequiredService<RouteTable>();
}
