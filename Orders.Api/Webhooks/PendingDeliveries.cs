using Microsoft.EntityFrameworkCore;
using Orders.Model;

namespace Orders.Api.Webhooks;

/// <summary>
/// How many deliveries each endpoint has pending, so that a receiver that accepts nothing does not fill the table: a sample, with those added
/// since. Only the process that reads the events adds deliveries.
/// </summary>
sealed class PendingDeliveries(WebhookSettings settings, TimeProvider clock)
{
    static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);

    Dictionary<Guid, int> counts = [];
    long? sampledAt;

    /// <summary>Counts again if the sample is old, or if an endpoint could reach its maximum: many may have been delivered since.</summary>
    /// <param name="db">The database of the open transaction.</param>
    /// <param name="events">How many deliveries each endpoint may get now.</param>
    public async Task Refresh(OrdersDb db, int events)
    {
        var isNew = sampledAt is { } last && clock.GetElapsedTime(last) < SampleInterval;
        if (isNew && counts.Values.All(pending => pending + events <= settings.MaxPendingPerEndpoint))
            return;
        counts = await db.WebhookDeliveries.Where(row => row.NextAttemptAt != null).GroupBy(row => row.EndpointId)
            .Select(group => new { group.Key, Count = group.Count() }).ToDictionaryAsync(group => group.Key, group => group.Count);
        sampledAt = clock.GetTimestamp();
    }

    /// <summary>Counts one more delivery; false if the endpoint has its maximum.</summary>
    public bool TryAdd(Guid endpoint)
    {
        var pending = counts.GetValueOrDefault(endpoint);
        if (pending >= settings.MaxPendingPerEndpoint)
            return false;
        counts[endpoint] = pending + 1;
        return true;
    }
}
