using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Database;

namespace Orders.Api.Webhooks;

/// <summary>Adds a delivery per audit row and endpoint (pending, or missed if disabled), once even if rows are read again.</summary>
sealed class EventWriter(OrdersDb db, IReadOnlyList<WebhookEndpoint> endpoints, TimeProvider clock)
{
    public async Task Write(IReadOnlyList<AuditRow> rows)
    {
        var events = rows.Where(row => OrderEvent.TypeOf(row) is not null).ToDictionary(row => row.Id);
        if (events.Count == 0)
            return;
        var orders = await Orders(events.Values);
        var owed = events.Values.OrderBy(row => row.Id).Where(row => orders.ContainsKey(row.SubjectId)).ToList();
        var known = await Known(owed);
        var now = clock.GetUtcNow();
        foreach (var row in owed)
        {
            var order = orders[row.SubjectId];
            foreach (var endpoint in endpoints.Where(one => one.Merchant == order.Merchant && one.FromEvent < row.Id && !known.Contains((one.Id, row.Id))))
                db.Add(Delivery(row, order, endpoint, now));
        }
    }

    /// <summary>The orders of merchants that have an endpoint.</summary>
    async Task<Dictionary<string, OrderState>> Orders(IEnumerable<AuditRow> events)
    {
        var ids = events.Select(row => Guid.Parse(row.SubjectId)).Distinct().ToArray();
        var merchants = endpoints.Select(endpoint => endpoint.Merchant).Distinct().ToArray();
        var orders = await db.Orders.AsNoTracking()
            .Where(order => EF.Parameter(ids).Contains(order.CorrelationId) && EF.Parameter(merchants).Contains(order.Merchant)).ToListAsync();
        return orders.ToDictionary(order => order.CorrelationId.ToString());
    }

    async Task<HashSet<(Guid Endpoint, long Event)>> Known(List<AuditRow> owed)
    {
        var ids = owed.Select(row => row.Id).ToArray();
        var known = await db.WebhookDeliveries.AsNoTracking().Where(row => EF.Parameter(ids).Contains(row.EventId))
            .Select(row => new { row.EndpointId, row.EventId }).ToListAsync();
        return [.. known.Select(row => (row.EndpointId, row.EventId))];
    }

    static WebhookDelivery Delivery(AuditRow row, OrderState order, WebhookEndpoint endpoint, DateTimeOffset now)
    {
        var type = OrderEvent.TypeOf(row)!;
        var missed = endpoint.State == EndpointStates.Disabled;
        return new WebhookDelivery
        {
            Id = Guid.CreateVersion7(now),
            EndpointId = endpoint.Id,
            OrderId = order.CorrelationId,
            EventId = row.Id,
            Type = type,
            Body = OrderEvent.Json(type, row, order),
            State = missed ? DeliveryStates.Missed : DeliveryStates.Pending,
            NextAttemptAt = missed ? null : now.UtcDateTime,
            CreatedAt = now.UtcDateTime,
        };
    }
}
