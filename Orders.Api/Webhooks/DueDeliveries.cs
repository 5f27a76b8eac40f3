using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Batches;

namespace Orders.Api.Webhooks;

/// <summary>A delivery that this process may send until its lease ends, and where to.</summary>
sealed record Claimed(WebhookDelivery Delivery, WebhookEndpoint Endpoint);

/// <summary>Claims deliveries by lease. An order's events go to an endpoint one after the other, in the order of what happened.</summary>
sealed class DueDeliveries(UnitOfWork<OrdersDb> unitOfWork, IServiceScopeFactory scopes, WebhookSettings settings, TimeProvider clock)
{
    const int SamplePage = 1000;
    static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(5);
    DateTimeOffset sampleAt;

    /// <summary>Claims as many as <paramref name="room"/> says, no more for an endpoint than it may have beside those that are under way.</summary>
    public async Task<IReadOnlyList<Claimed>> Claim(int room, IReadOnlyDictionary<Guid, int> busy)
    {
        if (room <= 0)
            return [];
        var now = clock.GetUtcNow().UtcDateTime;
        var full = busy.Where(pair => pair.Value >= settings.ConcurrentPerEndpoint).Select(pair => pair.Key).ToArray();
        var found = await Find(room, full, now);
        var taken = found.GroupBy(one => one.EndpointId)
            .SelectMany(group => group.Take(settings.ConcurrentPerEndpoint - busy.GetValueOrDefault(group.Key))).Select(one => one.Id).ToList();
        return taken.Count == 0 ? [] : await unitOfWork.Run(work => Lease(work, taken, now));
    }

    async Task<List<(Guid Id, Guid EndpointId)>> Find(int room, Guid[] full, DateTime now)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        if (clock.GetUtcNow() >= sampleAt)
            await Sample(db, now);
        var found = await Due(db, now, now + settings.Furthest).Where(row => !EF.Parameter(full).Contains(row.EndpointId))
            .OrderBy(row => row.NextAttemptAt).Take(room).Select(row => new { row.Id, row.EndpointId }).ToListAsync();
        return found.ConvertAll(row => (row.Id, row.EndpointId));
    }

    /// <summary>Due, at an endpoint that is sent to, and behind no earlier event of its order that is still owed.</summary>
    internal static IQueryable<WebhookDelivery> Due(OrdersDb db, DateTime now, DateTime furthest) => Owed(db)
        .Where(row => (row.NextAttemptAt <= now || row.NextAttemptAt > furthest)
            && !db.WebhookDeliveries.Any(earlier => earlier.EndpointId == row.EndpointId && earlier.OrderId == row.OrderId
                && earlier.EventId < row.EventId && earlier.State == DeliveryStates.Pending));

    /// <summary>What endpoints that are sent to are still owed.</summary>
    static IQueryable<WebhookDelivery> Owed(OrdersDb db) => db.WebhookDeliveries.AsNoTracking().Where(row => row.NextAttemptAt != null
        && db.WebhookEndpoints.Any(endpoint =>
            endpoint.Id == row.EndpointId && (endpoint.State == EndpointStates.Active || endpoint.State == EndpointStates.Failing)));

    async Task<IReadOnlyList<Claimed>> Lease(Work work, List<Guid> ids, DateTime now)
    {
        var furthest = now + settings.Furthest;
        var lease = Guid.CreateVersion7(clock.GetUtcNow());
        var rows = (await work.Lock<WebhookDelivery, Guid>(ids)).FindAll(row => row.NextAttemptAt <= now || row.NextAttemptAt > furthest);
        var endpointIds = rows.Select(row => row.EndpointId).Distinct().ToArray();
        var endpoints = await ((OrdersDb)work.Db).WebhookEndpoints.AsNoTracking()
            .Where(row => EF.Parameter(endpointIds).Contains(row.Id)).ToDictionaryAsync(row => row.Id);
        foreach (var row in rows)
            (row.Lease, row.Attempts, row.NextAttemptAt) = (lease, row.Attempts + 1, now + settings.Lease);
        return rows.ConvertAll(row => new Claimed(row, endpoints[row.EndpointId]));
    }

    async Task Sample(OrdersDb db, DateTime now)
    {
        sampleAt = clock.GetUtcNow() + SampleEvery;
        // Of those that come next: to ask for the least of all is to read all.
        var oldest = await Owed(db).OrderBy(row => row.NextAttemptAt).Take(SamplePage).MinAsync(row => (DateTime?)row.CreatedAt);
        WebhookMetrics.OldestIs(oldest is { } since ? now - since : TimeSpan.Zero);
    }
}
