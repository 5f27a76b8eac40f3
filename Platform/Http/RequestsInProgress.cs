using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>
/// The requests of this process, and who sent them. When the process stops, they get <see cref="Limits.ShutdownTimeoutSeconds"/> to finish. Then
/// the connections of the remaining ones are cut: they wait for their caller, for example for a body that never arrives.
/// </summary>
sealed class RequestsInProgress
{
    readonly ConcurrentDictionary<HttpContext, KeyUse?> requests = new();
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
        requests[http] = null;
        try
        {
            await next(http);
        }
        finally
        {
            // Not while it is being cut: afterwards the server uses the context for the next request.
            lock (http)
                requests.TryRemove(http, out _);
        }
    }

    public void SetKey(HttpContext http, ApiKey key) => requests[http] = new KeyUse(key);

    /// <summary>
    /// Cuts the connections of the requests with these keys. A request that the call finds for the first time has until the next call to
    /// finish: most do, and their callers get the response.
    /// </summary>
    public void Abort(Func<ApiKey, bool> isRevoked)
    {
        foreach (var (http, _) in requests)
        {
            lock (http)
            {
                if (!requests.TryGetValue(http, out var use) || use is null || !isRevoked(use.Key))
                    continue;
                if (!use.IsRevoked)
                {
                    use.IsRevoked = true;
                    continue;
                }

                log.LogWarning("Cut a request of the key {Key}, which is no longer in force", use.Key.Name);
                http.Abort();
            }
        }
    }

    async Task AbortAfterTimeout()
    {
        await Task.Delay(limit, clock, CancellationToken.None);
        foreach (var http in requests.Keys)
        {
            log.LogWarning("{Method} {Path} did not finish within {Limit} of the stop; connection cut",
                RequestLog.MethodOf(http), RequestLog.PathOf(http), limit);
            http.Abort();
        }
    }

    /// <param name="key">The key that the request came with.</param>
    sealed class KeyUse(ApiKey key)
    {
        public ApiKey Key => key;
        public bool IsRevoked { get; set; }
    }
}
