using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>
/// When the process stops, requests get <see cref="Limits.ShutdownTimeoutSeconds"/> to finish. Then the connections of the remaining ones are cut:
/// they wait for their caller, for example for a body that never arrives.
/// </summary>
sealed class RequestsInProgress
{
    readonly ConcurrentDictionary<HttpContext, bool> requests = new();
    readonly TimeSpan limit;
    readonly TimeProvider clock;
    readonly ILogger<RequestsInProgress> log;

    public RequestsInProgress(IHostApplicationLifetime lifetime, Limits limits, TimeProvider clock, ILogger<RequestsInProgress> log)
    {
        (limit, this.clock, this.log) = (TimeSpan.FromSeconds(limits.ShutdownTimeoutSeconds), clock, log);
        lifetime.ApplicationStopping.Register(() => _ = AbortAfterTimeout());
    }

    public async Task Track(HttpContext http, RequestDelegate next)
    {
        requests[http] = true;
        try
        {
            await next(http);
        }
        finally
        {
            requests.TryRemove(http, out _);
        }
    }

    async Task AbortAfterTimeout()
    {
        await Task.Delay(limit, clock, CancellationToken.None);
        foreach (var http in requests.Keys)
        {
            log.LogWarning("{Method} {Path} did not finish within {Limit} of the stop; connection cut", http.Request.Method, http.Request.Path, limit);
            http.Abort();
        }
    }
}
