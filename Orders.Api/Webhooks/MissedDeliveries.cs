using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Webhooks;

/// <summary>
/// Events that an endpoint missed, because it was disabled or had too many pending: counted when it is enabled, sent if the merchant requests it.
/// </summary>
static class MissedDeliveries
{
    /// <summary>Returns null if there are none.</summary>
    public static async Task<MissedEvents?> Count(OrdersDb db, Guid endpointId, CancellationToken cancel)
    {
        var missed = Of(db, endpointId);
        return await missed.CountAsync(cancel) is > 0 and var count ? new MissedEvents(count, await missed.MinAsync(row => row.CreatedAt, cancel)) : null;
    }

    /// <summary>Sends the oldest, as many as the endpoint may have pending.</summary>
    public static async Task Send(UnitOfWorkContext work, Guid endpointId, int maxPending, DateTime now)
    {
        work.AllowLongStatements();
        var db = (OrdersDb)work.Db;
        var room = maxPending - await db.WebhookDeliveries.CountAsync(row => row.NextAttemptAt != null && row.EndpointId == endpointId);
        if (room > 0)
            await Of(db, endpointId).OrderBy(row => row.EventId).Take(room).ExecuteUpdateAsync(row =>
                row.SetProperty(x => x.State, DeliveryStates.Pending).SetProperty(x => x.NextAttemptAt, now));
    }

    static IQueryable<WebhookDelivery> Of(OrdersDb db, Guid endpointId) =>
        db.WebhookDeliveries.Where(row => row.EndpointId == endpointId && row.State == DeliveryStates.Missed);
}
