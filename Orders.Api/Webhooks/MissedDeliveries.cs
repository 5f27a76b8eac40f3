using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Webhooks;

/// <summary>Events that an endpoint missed while disabled: counted when it is enabled, sent if the merchant requests it.</summary>
static class MissedDeliveries
{
    /// <summary>Returns null if there are none.</summary>
    public static async Task<MissedEvents?> Count(OrdersDb db, Guid endpointId, CancellationToken cancel)
    {
        var missed = Of(db, endpointId);
        return await missed.CountAsync(cancel) is > 0 and var count ? new MissedEvents(count, await missed.MinAsync(row => row.CreatedAt, cancel)) : null;
    }

    public static Task Send(UnitOfWorkContext work, Guid endpointId, DateTime now)
    {
        work.AllowLongStatements();
        return Of((OrdersDb)work.Db, endpointId).ExecuteUpdateAsync(row =>
            row.SetProperty(x => x.State, DeliveryStates.Pending).SetProperty(x => x.NextAttemptAt, now));
    }

    static IQueryable<WebhookDelivery> Of(OrdersDb db, Guid endpointId) =>
        db.WebhookDeliveries.Where(row => row.EndpointId == endpointId && row.State == DeliveryStates.Missed);
}
