using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>Why a caller is refused.</summary>
enum AuthFailure
{
    None,

    /// <summary>No key was sent.</summary>
    Missing,

    /// <summary>No source has the key.</summary>
    Unknown,
    Expired,

    /// <summary>The key file cannot be read.</summary>
    Suspended,

    /// <summary>The key lacks the role.</summary>
    Role,
}

/// <summary>Counts refused callers, and logs them at a bounded rate: a flood of them must not fill the disk.</summary>
sealed class AuthFailures(LogSampler<AuthFailures> sampler, ILogger<AuthFailures> log)
{
    static readonly Counter<long> Failures =
        Instruments.Meter.CreateCounter<long>("ordersaga.auth.failures", "{request}", "Requests refused for their API key or its roles, by reason");

    /// <param name="reason">Why the caller is refused.</param>
    /// <param name="http">The request.</param>
    /// <param name="key">The name of the key, if it is known.</param>
    public void Record(AuthFailure reason, HttpContext http, string? key)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("reason", NameOf(reason)));
        if (sampler.Takes(NameOf(reason), out var skipped))
            log.LogWarning("Refused a caller: {Reason}, key {Key}, {Route}, from {Address}; {Skipped} more were not logged",
                NameOf(reason), key ?? "unknown", RouteOf(http), http.Connection.RemoteIpAddress, skipped);
    }

    static string NameOf(AuthFailure reason) => reason switch
    {
        AuthFailure.Missing => "no key",
        AuthFailure.Unknown => "unknown key",
        AuthFailure.Expired => "expired key",
        AuthFailure.Suspended => "key file unreadable",
        _ => "role missing",
    };

    /// <summary>The pattern of the endpoint, never the path: a caller must not write into the log.</summary>
    static string RouteOf(HttpContext http) =>
        http.GetEndpoint() is RouteEndpoint endpoint ? $"{http.Request.Method} {endpoint.RoutePattern.RawText?.TrimEnd('/')}" : "no route";
}
