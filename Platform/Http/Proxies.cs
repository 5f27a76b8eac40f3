using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Support for reverse proxies: X-Forwarded-For, -Proto, -Host and -Prefix are accepted only from <see cref="HttpSettings.TrustedProxies"/>.
/// Location headers and redirects of the payment page then show public URLs.
/// </summary>
static partial class Proxies
{
    public static void UseTrustedProxies(this WebApplication app, HttpSettings settings)
    {
        if (settings.TrustedProxies.Length == 0)
            return;
        // Walks the chain of proxies back to the first untrusted one.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.Networks())
            options.KnownIPNetworks.Add(network);
        // The host filter has only seen the proxy's own Host header.
        options.AllowedHosts = app.Configuration["AllowedHosts"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        app.UseForwardedHeaders(options);
        app.Use(Prefix);
    }

    /// <summary>Adds the path prefix to Location headers of all endpoints. Ignores one that would lead elsewhere.</summary>
    static Task Prefix(HttpContext http, RequestDelegate next)
    {
        var prefix = http.Request.PathBase.Value?.TrimEnd('/') ?? "";
        http.Request.PathBase = Segments().IsMatch(prefix) ? prefix : PathString.Empty;
        if (http.Request.PathBase.HasValue)
            http.Response.OnStarting(() =>
            {
                if (http.Response.Headers.Location is [['/', ..] location])
                    http.Response.Headers.Location = http.Request.PathBase + location;
                return Task.CompletedTask;
            });
        return next(http);
    }

    /// <summary>No empty segment, which would make a host of the next one, and none of dots alone.</summary>
    [GeneratedRegex(@"\A(/(?!\.+(/|\z))[\w.~-]+)*\z", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Segments();
}
