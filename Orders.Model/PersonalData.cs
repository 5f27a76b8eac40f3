using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Processing;

namespace Orders.Model;

/// <summary>
/// Erases what may identify a customer from finished orders: idempotency key, reason, customer reference, payment token, the payment page's
/// address, and finished webhook deliveries. Amounts, lines, states and the audit stay. A repeated request still finds its order, because the
/// hash of its key stays.
/// </summary>
public static class PersonalData
{
    /// <summary>No caller's key begins with a space, so none looks erased.</summary>
    public const string ErasedPrefix = " erased ";

    /// <summary>The key of an erased order; unique, as keys are.</summary>
    public static string ErasedKey(Guid orderId) => ErasedPrefix + orderId;

    /// <summary>Erases the finished ones of these orders.</summary>
    /// <returns>The erased orders.</returns>
    public static async Task<IReadOnlyList<OrderState>> Erase(UnitOfWorkContext work, IReadOnlyCollection<Guid> orderIds)
    {
        var db = (OrdersDb)work.Db;
        var orders = (await work.Lock<OrderState, Guid>(orderIds)).Where(order => OrderLifecycle.Of(order.State).IsFinal).ToList();
        foreach (var order in orders)
        {
            order.IdempotencyKey = ErasedKey(order.CorrelationId);
            (order.Reason, order.CancellationRequested, order.Customer, order.PaymentUrl, order.PaymentToken) = (null, null, null, null, null);
        }

        var ids = orders.Select(order => order.CorrelationId).ToArray();
        foreach (var record in await db.IdempotencyRecords.Where(record => EF.Parameter(ids).Contains(record.OrderId)).ToListAsync())
            (record.Key, record.Answer) = (ErasedKey(record.OrderId), WithoutCustomer(record.Answer));
        await DeleteFinishedDeliveries(db, orders, ids);
        return orders;
    }

    /// <summary>A repeated request gets its answer without the customer's reference.</summary>
    static byte[] WithoutCustomer(byte[] answer)
    {
        var order = JsonNode.Parse(answer)!.AsObject();
        return order.Remove("customer") ? JsonSerializer.SerializeToUtf8Bytes(order) : answer;
    }

    /// <summary>Through the merchants' endpoints, which have an index.</summary>
    static async Task DeleteFinishedDeliveries(OrdersDb db, List<OrderState> orders, Guid[] ids)
    {
        var merchants = orders.Select(order => order.Merchant).Distinct().ToArray();
        var endpoints = await db.WebhookEndpoints.Where(row => EF.Parameter(merchants).Contains(row.Merchant)).Select(row => row.Id).ToArrayAsync();
        await db.WebhookDeliveries
            .Where(row => EF.Parameter(endpoints).Contains(row.EndpointId) && EF.Parameter(ids).Contains(row.OrderId) && row.State != DeliveryStates.Pending)
            .ExecuteDeleteAsync();
    }
}
