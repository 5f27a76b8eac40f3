using System.Diagnostics.Metrics;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Counts the requests that a limit refused: operators see which merchant reaches which limit.</summary>
public static class LimitedRequests
{
    static readonly Counter<long> Refused = Instruments.Meter.CreateCounter<long>(
        "ordersaga.requests.limited", "{request}", "Requests refused by a limit, by limit and merchant");

    public static void Count(string limit, string merchant) =>
        Refused.Add(1, new KeyValuePair<string, object?>("limit", limit), new KeyValuePair<string, object?>("merchant", merchant));
}
