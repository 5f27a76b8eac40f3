using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Behind a proxy: X-Forwarded-For, -Proto, -Host and -Prefix are believed from the addresses and networks of <c>Http:TrustedProxies</c> alone, none by
/// default. The address of what was made, the API document's server and the redirects of the payment page are then those that callers see.
/// </summary>
static class Proxies
{
    const string Setting = "Http:TrustedProxies";

    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = app.Configuration.GetSection(Setting).Get<string[]>() ?? [];
        if (trusted.Length == 0)
            return;
        // Every proxy on the way is asked for, up to the first that is not trusted.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in trusted)
            options.KnownIPNetworks.Add(Network(proxy));
        app.UseForwardedHeaders(options);
        app.Use(Prefix);
    }

    static System.Net.IPNetwork Network(string text) =>
        System.Net.IPNetwork.TryParse(text, out var network) ? network
        : IPAddress.TryParse(text, out var address) ? new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8)
        : throw new InvalidOperationException($"{Setting} '{text}' is not valid: give addresses or networks, e.g. 10.0.0.5 or 10.0.0.0/8.");

    /// <summary>For all endpoints in one place: where something is says the path that the caller's next request must have.</summary>
    static Task Prefix(HttpContext http, RequestDelegate next)
    {
        if (http.Request.PathBase.HasValue)
            http.Response.OnStarting(() =>
            {
                if (http.Response.Headers.Location is [['/', ..] location])
                    http.Response.Headers.Location = http.Request.PathBase + location;
                return Task.CompletedTask;
            });
        return next(http);
    }
}
