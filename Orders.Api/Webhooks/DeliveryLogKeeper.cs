using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Database;

namespace Orders.Api.Webhooks;

/// <summary>Forgets deliveries that are older than the log is kept, a bounded number at a time.</summary>
sealed class DeliveryLogKeeper(Statements<OrdersDb> database, WebhookSettings settings, TimeProvider clock)
{
    const int Page = 1000;
    static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    DateTimeOffset nextAt = clock.GetUtcNow() + Every;

    public async Task Forget()
    {
        if (clock.GetUtcNow() < nextAt)
            return;
        while (await database.Run(Forget) == Page)
        {
        }

        nextAt = clock.GetUtcNow() + Every;
    }

    /// <summary>One that is still pending then belongs to an endpoint that nobody has enabled again.</summary>
    internal async Task<int> Forget(OrdersDb db)
    {
        var before = clock.GetUtcNow().UtcDateTime.AddDays(-settings.KeepDays);
        var old = await db.WebhookDeliveries.Where(row => row.CreatedAt < before && (row.State != DeliveryStates.Pending || row.NextAttemptAt < before))
            .OrderBy(row => row.CreatedAt).Take(Page).Select(row => row.Id).ToArrayAsync();
        return old.Length == 0 ? 0 : await db.WebhookDeliveries.Where(row => EF.Parameter(old).Contains(row.Id)).ExecuteDeleteAsync();
    }
}
