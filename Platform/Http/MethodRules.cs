using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OrderSaga.Platform.Http;

/// <summary>RFC 9110 section 9: HEAD is GET without a body; OPTIONS and 405 list the allowed methods, with or without a key.</summary>
public static class MethodRules
{
    static readonly object HeadRequestKey = new();

    /// <summary>True for HEAD: a stream must end after the headers.</summary>
    public static bool IsHead(this HttpContext http) => http.Items.ContainsKey(HeadRequestKey);

    /// <summary>Middleware before routing.</summary>
    internal static Task Route(HttpContext http, RequestDelegate next) => http.Request.Method switch
    {
        "HEAD" => Head(http, next),
        "OPTIONS" => Options(http, next),
        _ => next(http),
    };

    /// <summary>Middleware after routing: replaces an endpoint that does not accept the method or media type.</summary>
    internal static Task Refuse(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint() is null or RouteEndpoint)
            return next(http);
        var found = At(http);
        if (found.Exists(endpoint => RouteTable.Accepts(endpoint, http.Request.Method)))
            return next(http);
        http.Response.Headers.Allow = RouteTable.Allow(found);
        return http.Refuse(Problems.ForStatus(StatusCodes.Status405MethodNotAllowed));
    }

    /// <summary>The server omits the body itself: it goes by the original method.</summary>
    static async Task Head(HttpContext http, RequestDelegate next)
    {
        if (!At(http).Exists(endpoint => RouteTable.Accepts(endpoint, HttpMethods.Get)))
        {
            await next(http);
            return;
        }

        http.Items[HeadRequestKey] = true;
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Request.Method = HttpMethods.Head;
        }
    }

    static Task Options(HttpContext http, RequestDelegate next)
    {
        if (At(http) is not { Count: > 0 } found)
            return next(http);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        http.Response.Headers.Allow = RouteTable.Allow(found);
        return Task.CompletedTask;
    }

    static List<RouteEndpoint> At(HttpContext http) => http.Addresses().At(http.Request.Path);
}
