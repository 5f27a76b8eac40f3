using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Support for reverse proxies: X-Forwarded-For, -Proto, -Host and -Prefix are accepted only from the addresses and networks of
/// <c>Http:TrustedProxies</c> (default: none). Location headers, the API document's server and redirects of the payment page then show
/// public URLs.
/// </summary>
static class Proxies
{
    const string Setting = "Http:TrustedProxies";

    public static void UseTrustedProxies(this WebApplication app)
    {
        var trusted = app.Configuration.GetSection(Setting).Get<string[]>() ?? [];
        if (trusted.Length == 0)
            return;
        // Walks the chain of proxies back to the first untrusted one.
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
        : throw new InvalidOperationException($"{Setting} '{text}' is invalid: use addresses or networks, e.g. 10.0.0.5 or 10.0.0.0/8.");

    /// <summary>Adds the path prefix to Location headers of all endpoints.</summary>
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
