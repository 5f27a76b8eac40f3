using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Batches;

namespace Orders.Api.Webhooks;

/// <summary>What an endpoint missed while it was disabled: counted when it is enabled, and sent if its merchant asks for it.</summary>
static class MissedDeliveries
{
    /// <summary>Null when there is nothing.</summary>
    public static async Task<MissedEvents?> Count(OrdersDb db, Guid endpointId, CancellationToken cancel)
    {
        var missed = Of(db, endpointId);
        return await missed.CountAsync(cancel) is > 0 and var count ? new MissedEvents(count, await missed.MinAsync(row => row.CreatedAt, cancel)) : null;
    }

    public static Task Send(Work work, Guid endpointId, DateTime now)
    {
        work.ChangesManyRows();
        return Of((OrdersDb)work.Db, endpointId).ExecuteUpdateAsync(row =>
            row.SetProperty(x => x.State, DeliveryStates.Pending).SetProperty(x => x.NextAttemptAt, now));
    }

    static IQueryable<WebhookDelivery> Of(OrdersDb db, Guid endpointId) =>
        db.WebhookDeliveries.Where(row => row.EndpointId == endpointId && row.State == DeliveryStates.Missed);
}
