using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Http;

/// <summary>https by settings. The host filter (setting <c>AllowedHosts</c>) is ASP.NET Core's own and runs before all else.</summary>
static class Https
{
    public static void AddHttps(this WebApplicationBuilder builder, HttpSettings settings)
    {
        builder.Services.AddSingleton(settings);
        builder.Services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(settings.HstsDays));
        builder.Services.AddHttpsRedirection(redirect =>
            (redirect.HttpsPort, redirect.RedirectStatusCode) = (settings.HttpsPort, StatusCodes.Status308PermanentRedirect));
        builder.Services.Configure<HostFilteringOptions>(hosts => hosts.IncludeFailureMessage = false);
    }

    /// <summary>Call this after <see cref="Proxies.UseTrustedProxies"/>: behind a proxy, its headers tell scheme and caller.</summary>
    public static void UseHttps(this WebApplication app, HttpSettings settings)
    {
        if (settings.HstsDays > 0)
            app.UseHsts();
        if (settings.RequireHttps)
            app.UseWhen(LeavesTheMachine, https => https.UseHttpsRedirection());
    }

    /// <summary>A probe must see the state of the process, and takes a redirect for success.</summary>
    static bool LeavesTheMachine(HttpContext http) => !http.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase)
        && http.Connection.RemoteIpAddress is { } caller && !IPAddress.IsLoopback(caller);
}
