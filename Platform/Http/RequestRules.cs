using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Net.Http.Headers;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Checks that apply to every endpoint: known query parameters only, a supported encoding and charset of the body, and no precondition
/// header that the endpoint would ignore.
/// </summary>
sealed class RequestRules(RequestDelegate next)
{
    readonly ConcurrentDictionary<RouteEndpoint, string[]> parameters = new();

    public Task InvokeAsync(HttpContext http)
    {
        if (http.GetEndpoint() is RouteEndpoint endpoint)
        {
            if (http.Request.QueryString.HasValue)
                Query.AllowOnly(http, parameters.GetOrAdd(endpoint, ParametersOf));
            CheckCoding(http.Request, http.Response);
            CheckCharset(http.Request);
            Preconditions.RefuseWhereUnknown(http.Request, endpoint);
        }

        return next(http);
    }

    /// <summary>The query parameters that the handler binds.</summary>
    internal static string[] ParametersOf(RouteEndpoint endpoint) =>
        [.. (endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? []).SelectMany(parameter => Names(parameter, endpoint.RoutePattern))];

    static IEnumerable<string> Names(ParameterInfo parameter, RoutePattern route)
    {
        if (parameter.GetCustomAttribute<AsParametersAttribute>() is not null)
            return parameter.ParameterType.GetProperties().Select(property => property.GetCustomAttribute<FromQueryAttribute>()?.Name).OfType<string>();
        if (parameter.GetCustomAttribute<FromQueryAttribute>() is { } query)
            return [query.Name ?? parameter.Name!];
        return parameter.ParameterType == typeof(string) && route.GetParameter(parameter.Name!) is null ? [parameter.Name!] : [];
    }

    static void CheckCoding(HttpRequest request, HttpResponse response)
    {
        var codings = request.Headers.ContentEncoding;
        if (codings.Count == 0 || codings.All(coding => coding!.Equals("identity", StringComparison.OrdinalIgnoreCase)))
            return;
        response.Headers.AcceptEncoding = "identity";
        throw new Problem(ProblemTypes.ContentEncoding,
            $"Send the body uncompressed, without the header Content-Encoding ('{codings}').");
    }

    /// <summary>
    /// RFC 9110 5.6.6: quotes around a charset have no meaning. The framework's reader throws for quotes and for unknown names.
    /// </summary>
    static void CheckCharset(HttpRequest request)
    {
        if (request.ContentType is not { } given || !given.Contains("charset", StringComparison.OrdinalIgnoreCase)
            || !MediaTypeHeaderValue.TryParse(given, out var type))
            return;
        var names = type.Parameters.Where(one => one.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)).Select(Name).Distinct().ToList();
        if (names.Count == 0)
            return;
        if (names.Count > 1 || !Known(names[0]))
            throw new Problem(ProblemTypes.Charset,
                "Send the body as UTF-8, with 'charset=utf-8' or no charset in the header Content-Type.");
        request.ContentType = $"{type.MediaType}; charset={names[0]}";
    }

    static string Name(NameValueHeaderValue charset)
    {
        var name = HeaderUtilities.RemoveQuotes(charset.Value).ToString().Trim('\'', ' ').ToLowerInvariant();
        // Every ASCII text is UTF-8. A decoder for ASCII would replace all else by question marks.
        return name is "utf8" or "us-ascii" or "ascii" ? "utf-8" : name;
    }

    static bool Known(string charset)
    {
        try
        {
            return charset == "utf-8" || Encoding.GetEncoding(charset) is not null;
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
