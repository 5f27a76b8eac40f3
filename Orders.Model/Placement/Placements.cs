using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>
/// Places a batch of orders in the transaction under way: idempotency record, order, audit row and first messages, or nothing.
/// Two statements read for the whole batch. Another process that places the same key at the same time makes the insert
/// fail as a conflict; the run in a fresh scope then finds its record.
/// </summary>
public sealed class Placements(OrderSettings settings, TimeProvider clock)
{
    /// <summary>Sets each request's outcome; it counts once the transaction has committed.</summary>
    public async Task Place(Work work, IReadOnlyList<PlacementRequest> requests)
    {
        var known = await Known(work, requests);
        var products = await Products(work, requests.Where(request => !known.ContainsKey(request.Id)));
        foreach (var request in requests)
        {
            (request.Placed, request.Refusal) = (null, null);
            try
            {
                request.Placed = known.TryGetValue(request.Id, out var record)
                    ? Replay(request, record)
                    : await PlaceNew(work, request, products, known);
            }
            catch (Problem refusal)
            {
                request.Refusal = refusal;
            }
        }
    }

    static Task<Dictionary<string, IdempotencyRecord>> Known(Work work, IReadOnlyList<PlacementRequest> requests)
    {
        var ids = requests.Select(request => request.Id).Distinct().ToArray();
        return work.Db.Set<IdempotencyRecord>().AsNoTracking().Where(record => EF.Parameter(ids).Contains(record.Id)).ToDictionaryAsync(record => record.Id);
    }

    static async Task<Dictionary<string, Product>> Products(Work work, IEnumerable<PlacementRequest> requests)
    {
        var skus = requests.SelectMany(request => request.Order.Lines!).Select(line => line!.Sku!).Distinct().ToArray();
        return skus.Length == 0
            ? []
            : await work.Db.Set<Product>().AsNoTracking().Where(product => EF.Parameter(skus).Contains(product.Sku)).ToDictionaryAsync(product => product.Sku);
    }

    static Placed Replay(PlacementRequest request, IdempotencyRecord record) => record.RequestHash == request.Hash
        ? new Placed(record.OrderId, record.AnswerStatus, record.Answer, Replayed: true)
        : throw new Problem(422, "idempotency-key-reused", "The idempotency key was used for another order.",
            $"The key placed order {record.OrderId} with another body. Send that body again to get its answer, or choose a new key.");

    async Task<Placed> PlaceNew(Work work, PlacementRequest request, Dictionary<string, Product> products, Dictionary<string, IdempotencyRecord> known)
    {
        var (lines, total) = Pricing.Price(request.Order, products);
        var order = NewOrder(request, lines, total);
        var record = new IdempotencyRecord
        {
            Id = request.Id,
            Merchant = request.Merchant,
            Key = request.Key,
            RequestHash = request.Hash,
            OrderId = order.CorrelationId,
            AnswerStatus = 202,
            Answer = OrderView.Json(order),
            CreatedAt = order.CreatedAt,
        };
        work.Db.Add(order);
        work.Db.Add(record);
        work.Audit(order, from: "", cause: nameof(SubmitOrder));
        await Send(work, request, order);
        known.Add(record.Id, record);
        return new Placed(order.CorrelationId, record.AnswerStatus, record.Answer, Replayed: false);
    }

    OrderState NewOrder(PlacementRequest request, IReadOnlyList<OrderItem> lines, long total)
    {
        var now = clock.GetUtcNow();
        // Whole milliseconds: what every database keeps, so that the answer reads the same now and later.
        var at = now.UtcDateTime.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        return new OrderState
        {
            CorrelationId = Guid.CreateVersion7(now),
            Merchant = request.Merchant,
            IdempotencyKey = request.Key,
            State = States.Reserving,
            Currency = request.Order.Currency!,
            Total = total,
            Lines = lines,
            PaymentMethod = request.Order.Payment!.Method!,
            PaymentToken = request.Order.Payment.Token,
            PayBefore = at.AddMinutes(settings.PayWithinMinutes),
            NextCheckAt = at.AddSeconds(settings.FirstCheckSeconds),
            CreatedAt = at,
            UpdatedAt = at,
            Version = 1,
        };
    }

    /// <summary>Each order's messages carry on its own caller's trace, though the batch is one.</summary>
    static async Task Send(Work work, PlacementRequest request, OrderState order)
    {
        var batch = Activity.Current;
        Activity.Current = request.Activity;
        List<OrderLine> lines = [.. order.Lines.Select(line => new OrderLine(line.Sku, line.Quantity))];
        await work.Send(Queues.Inventory, new TryReserveStock(order.CorrelationId, lines));
        await work.Publish(Submitted(order, lines));
        Activity.Current = batch;
    }

    public static OrderSubmitted Submitted(OrderState order, IReadOnlyList<OrderLine> lines) => new(
        order.CorrelationId, order.Merchant, order.IdempotencyKey, new Money(order.Total, order.Currency), lines, order.CreatedAt);
}
