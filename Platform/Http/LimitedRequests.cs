using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Counts the requests that a limit refused: operators see which merchant reaches which limit.</summary>
public static class LimitedRequests
{
    static readonly Counter<long> Refused = Instruments.Meter.CreateCounter<long>(
        "ordersaga.requests.limited", "{request}", "Requests refused by a limit, by limit and merchant");

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A caller that goes on at full speed after refusals gets them late: otherwise they would take the processors from the other callers.
    /// </summary>
    public static Task SlowDown(HttpContext http) =>
        http.RequestServices.GetRequiredService<TimeProvider>().Delay(Pause, http.RequestAborted);

    public static void Count(string limit, string merchant) =>
        Refused.Add(1, new KeyValuePair<string, object?>("limit", limit), new KeyValuePair<string, object?>("merchant", merchant));
}
