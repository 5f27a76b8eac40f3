using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Webhooks;

/// <summary>A delivery leased to this process, and its endpoint.</summary>
sealed record ClaimedDelivery(WebhookDelivery Delivery, WebhookEndpoint Endpoint);

/// <summary>Claims deliveries by lease. An endpoint receives the events of one order in sequence.</summary>
sealed class DueDeliveries(UnitOfWork<OrdersDb> unitOfWork, IServiceScopeFactory scopes, WebhookSettings settings, TimeProvider clock)
{
    const int SamplePage = 1000;
    static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(5);
    DateTimeOffset sampleAt;

    /// <summary>
    /// Claims as many deliveries as free slots allow. Merchants and then endpoints without a delivery in progress come first, so that the
    /// oldest backlog does not get every free slot.
    /// </summary>
    public async Task<IReadOnlyList<ClaimedDelivery>> Claim(IEnumerable<Sending> inProgress)
    {
        var shares = new SendingShares(settings, inProgress);
        if (shares.Room <= 0)
            return [];
        var now = clock.GetUtcNow().UtcDateTime;
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<OrdersDb>();
        if (clock.GetUtcNow() >= sampleAt)
            await Sample(db, now);
        List<Guid> taken = [];
        if (shares.BusyMerchants is { Length: > 0 } merchants)
        {
            await ClaimPage(db, shares, merchants, [], now, taken);
            await ClaimPage(db, shares, shares.FullMerchants, shares.BusyEndpoints, now, taken);
        }

        await ClaimPage(db, shares, shares.FullMerchants, shares.FullEndpoints, now, taken);
        return taken.Count == 0 ? [] : await unitOfWork.Run(work => Lease(work, taken, now));
    }

    /// <summary>Adds the oldest deliveries that may be sent, except those to these merchants and endpoints.</summary>
    async Task ClaimPage(OrdersDb db, SendingShares shares, string[] merchants, Guid[] endpoints, DateTime now, List<Guid> taken)
    {
        if (shares.Room <= 0)
            return;
        var (failing, failingOf) = (!shares.IsFullOfFailing, shares.MerchantsFullOfFailing);
        var seen = taken.ToArray();
        var due = Due(db, now, now + settings.MaxDueAhead).Join(db.WebhookEndpoints, row => row.EndpointId, endpoint => endpoint.Id,
            (row, endpoint) => new { row.Id, row.EndpointId, row.NextAttemptAt, endpoint.Merchant, endpoint.State });
        var found = await due
            .Where(row => !EF.Parameter(seen).Contains(row.Id) && !EF.Parameter(endpoints).Contains(row.EndpointId)
                && !EF.Parameter(merchants).Contains(row.Merchant)
                && (row.State == EndpointStates.Active || (failing && !EF.Parameter(failingOf).Contains(row.Merchant))))
            .OrderBy(row => row.NextAttemptAt).Take(shares.Room).ToListAsync();
        taken.AddRange(found.Where(row => shares.TryTake(new Sending(row.EndpointId, row.Merchant, row.State))).Select(row => row.Id));
    }

    /// <summary>Due deliveries to endpoints that are not disabled, without an earlier pending event of the same order.</summary>
    internal static IQueryable<WebhookDelivery> Due(OrdersDb db, DateTime now, DateTime maxDueAt) => Pending(db)
        .Where(row => (row.NextAttemptAt <= now || row.NextAttemptAt > maxDueAt)
            && !db.WebhookDeliveries.Any(earlier => earlier.EndpointId == row.EndpointId && earlier.OrderId == row.OrderId
                && earlier.EventId < row.EventId && earlier.State == DeliveryStates.Pending));

    /// <summary>Pending deliveries to endpoints that are not disabled.</summary>
    static IQueryable<WebhookDelivery> Pending(OrdersDb db) => db.WebhookDeliveries.AsNoTracking().Where(row => row.NextAttemptAt != null
        && db.WebhookEndpoints.Any(endpoint =>
            endpoint.Id == row.EndpointId && (endpoint.State == EndpointStates.Active || endpoint.State == EndpointStates.Failing)));

    async Task<IReadOnlyList<ClaimedDelivery>> Lease(UnitOfWorkContext work, List<Guid> ids, DateTime now)
    {
        var maxDueAt = now + settings.MaxDueAhead;
        var lease = Guid.CreateVersion7(clock.GetUtcNow());
        var rows = (await work.TryLock<WebhookDelivery, Guid>(ids)).FindAll(row => row.NextAttemptAt <= now || row.NextAttemptAt > maxDueAt);
        var endpointIds = rows.Select(row => row.EndpointId).Distinct().ToArray();
        var endpoints = await ((OrdersDb)work.Db).WebhookEndpoints.AsNoTracking()
            .Where(row => EF.Parameter(endpointIds).Contains(row.Id)).ToDictionaryAsync(row => row.Id);
        foreach (var row in rows)
            (row.Lease, row.Attempts, row.NextAttemptAt) = (lease, row.Attempts + 1, now + settings.Lease);
        return rows.ConvertAll(row => new ClaimedDelivery(row, endpoints[row.EndpointId]));
    }

    async Task Sample(OrdersDb db, DateTime now)
    {
        sampleAt = clock.GetUtcNow() + SampleInterval;
        // Only the next ones: MIN over all rows would read them all.
        var oldest = await Pending(db).OrderBy(row => row.NextAttemptAt).Take(SamplePage).MinAsync(row => (DateTime?)row.CreatedAt);
        WebhookMetrics.SetOldestAge(oldest is { } since ? now - since : TimeSpan.Zero);
    }
}

/// <summary>An attempt in progress.</summary>
/// <param name="EndpointId">Its endpoint.</param>
/// <param name="Merchant">Owner of the endpoint.</param>
/// <param name="EndpointState">State of the endpoint when the delivery was claimed.</param>
sealed record Sending(Guid EndpointId, string Merchant, string EndpointState)
{
    public bool ToFailing => EndpointState == EndpointStates.Failing;
}

/// <summary>
/// Limits concurrent attempts per endpoint and merchant, so that a slow or dead receiver does not use up the slots of others. A failing
/// endpoint has one slot until it accepts something. All failing endpoints together have half of their merchant's slots, and half of all
/// slots.
/// </summary>
sealed class SendingShares(WebhookSettings settings, IEnumerable<Sending> inProgress)
{
    readonly List<Sending> sendings = [.. inProgress];

    public int Room => settings.MaxConcurrent - sendings.Count;

    public string[] BusyMerchants => Merchants(sendings, atLeast: 1);

    public string[] FullMerchants => Merchants(sendings, settings.MaxPerMerchant);

    /// <summary>Merchants whose failing endpoints have used up their share; their other endpoints continue.</summary>
    public string[] MerchantsFullOfFailing => Merchants(sendings.Where(one => one.ToFailing), HalfOf(settings.MaxPerMerchant));

    public Guid[] BusyEndpoints => [.. sendings.Select(one => one.EndpointId).Distinct()];

    public Guid[] FullEndpoints =>
        [.. sendings.GroupBy(one => one.EndpointId).Where(group => group.Count() >= MaxShare(group.Any(one => one.ToFailing))).Select(group => group.Key)];

    /// <summary>True if a due delivery may be waiting for a slot.</summary>
    public bool IsAnyFull => Room <= 0 || FullMerchants.Length > 0 || FullEndpoints.Length > 0;

    public bool IsFullOfFailing => sendings.Count(one => one.ToFailing) >= HalfOf(settings.MaxConcurrent);

    public bool TryTake(Sending next)
    {
        var own = sendings.FindAll(one => one.Merchant == next.Merchant);
        if (Room <= 0 || own.Count >= settings.MaxPerMerchant || own.Count(one => one.EndpointId == next.EndpointId) >= MaxShare(next.ToFailing))
            return false;
        if (next.ToFailing && (IsFullOfFailing || own.Count(one => one.ToFailing) >= HalfOf(settings.MaxPerMerchant)))
            return false;
        sendings.Add(next);
        return true;
    }

    static string[] Merchants(IEnumerable<Sending> among, int atLeast) =>
        [.. among.GroupBy(one => one.Merchant, StringComparer.Ordinal).Where(group => group.Count() >= atLeast).Select(group => group.Key)];

    static int HalfOf(int places) => Math.Max(1, places / 2);

    int MaxShare(bool toFailing) => toFailing ? 1 : settings.MaxConcurrentPerEndpoint;
}
