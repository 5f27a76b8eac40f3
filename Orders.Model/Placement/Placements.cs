using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Rates;
using OrderSaga.Platform.Switches;
using Orders.Model.Switches;

namespace Orders.Model.Placement;

/// <summary>
/// Places orders in the current transaction: idempotency record, order, audit row and first messages, or nothing. Scoped: it caches what
/// this transaction has looked up and placed. If another process places the same key at the same time, the insert fails as a conflict. The
/// retry, in a fresh scope, finds that record.
/// </summary>
public sealed class Placements(OrderSettings settings, UnpaidOrders unpaid, SwitchReader switches, LaneSettings lanes, TimeProvider clock)
{
    static readonly CompiledQuery<ServiceDb, string[], IdempotencyRecord> RecordsOf = new((db, ids) =>
        db.Set<IdempotencyRecord>().AsNoTracking().Where(record => Enumerable.Contains(ids, record.Id)));

    static readonly CompiledQuery<ServiceDb, string[], Product> ProductsOf = new((db, skus) =>
        db.Set<Product>().AsNoTracking().Where(product => Enumerable.Contains(skus, product.Sku)));

    readonly Dictionary<string, IdempotencyRecord?> records = new(StringComparer.Ordinal);
    readonly Dictionary<string, Product?> products = new(StringComparer.Ordinal);
    readonly List<OrderState> hosted = [];
    SwitchesInForce? switchesInForce;

    /// <summary>Sets each request's result, valid after the commit.</summary>
    /// <param name="work">The transaction.</param>
    /// <param name="requests">The requests.</param>
    /// <param name="admit">
    /// Called for each order that would be placed, with its lane: returns null, or why there is no room for it. Repeated and invalid requests need no room.
    /// </param>
    public async Task Place(UnitOfWorkContext work, IReadOnlyList<PlacementRequest> requests, Func<PlacementRequest, string, Problem?>? admit = null)
    {
        await Load(work, requests);
        foreach (var request in requests)
            request.Set(FindStored(request) is { } record ? Replay(request, record) : await PlaceNew(work, request, admit));
        FailPoint.Hit("placement.before-commit");
    }

    /// <summary>Loads the keys, the products and the switches of all requests with a statement each.</summary>
    public async Task Load(UnitOfWorkContext work, IReadOnlyList<PlacementRequest> requests)
    {
        var ids = requests.SelectMany(request => request.Ids).Where(id => records.TryAdd(id, null)).ToArray();
        if (ids.Length > 0)
            (await RecordsOf.Run(work.Db, ids)).ForEach(record => records[record.Id] = record);

        var skus = requests.Where(request => FindStored(request) is null)
            .SelectMany(request => request.Order.Lines!).Select(line => line!.Sku!).Where(sku => products.TryAdd(sku, null)).ToArray();
        if (skus.Length > 0)
            (await ProductsOf.Run(work.Db, skus)).ForEach(product => products[product.Sku] = product);
        if (switchesInForce is null && requests.Any(request => FindStored(request) is null))
            switchesInForce = await switches.Read(work.Db);
    }

    /// <summary>The refusal of an order over the rates of its caller.</summary>
    public static Problem RateRefusal(RateExcess excess, string merchant) => RateResponses.Refusal(
        excess, merchant, "Nothing was placed. Send the same request again after the seconds in Retry-After.");

    static Problem? RateRefusal(PlacementRequest request) =>
        request.Charge is { } charge && !charge.TryTake(out var excess) ? RateRefusal(excess, request.Merchant) : null;

    IdempotencyRecord? FindStored(PlacementRequest request) => request.Ids.Select(id => records[id]).FirstOrDefault(record => record is not null);

    static PlacementResult Replay(PlacementRequest request, IdempotencyRecord record) => record.RequestHash == request.Hash
        ? new Placed(record.OrderId, record.AnswerStatus, record.Answer, Replayed: true)
        : new Refused(new Problem(ProblemTypes.IdempotencyKeyReused,
            $"The key placed order {record.OrderId} with another body. Send that body again to get its answer, or use a new key."));

    async Task<PlacementResult> PlaceNew(UnitOfWorkContext work, PlacementRequest request, Func<PlacementRequest, string, Problem?>? admit)
    {
        if (CheckClass(request) is { } unknownClass)
            return new Refused(unknownClass);
        if (Pricing.Price(request.Order, products, out var lines, out var total) is { } refusal)
            return new Refused(refusal);
        var facts = PlacementDecision.Facts(request);
        var decision = PlacementDecision.Of(switchesInForce!, facts, lanes);
        if ((unpaid.Refusal(request, hosted) ?? RateRefusal(request) ?? admit?.Invoke(request, decision.Lane.Value)) is { } full)
            return new Refused(full);
        var order = NewOrder(request, lines, total, decision);
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
        work.Audit(order, from: "", cause: nameof(SubmitOrder), decision.Text(facts), request.Actor);
        await Send(work, request, order);
        if (decision.Version is not null)
            work.AfterCommit(decision.Count);
        records[record.Id] = record;
        if (order.PaymentMethod == FieldRules.Hosted)
        {
            hosted.Add(order);
            work.AfterCommit(() => unpaid.Add(order));
        }

        return new Placed(order.CorrelationId, record.AnswerStatus, record.Answer, Replayed: false, order.Lane);
    }

    /// <summary>A misspelt class would hold the stock for longer than intended.</summary>
    Problem? CheckClass(PlacementRequest request)
    {
        const string What = "This class is not configured for the merchant; ask the operator for its name, or omit it.";
        return request.Order.Class is not { } name || settings.TimeToPay.HasClass(request.Merchant, name) ? null
            : new Problem(ProblemTypes.UnknownClass, $"/class: {What} Nothing was placed.") { Errors = [new("/class", What)] };
    }

    OrderState NewOrder(PlacementRequest request, IReadOnlyList<OrderItem> lines, long total, PlacementDecision decision)
    {
        var now = clock.GetUtcNow();
        // Whole milliseconds, which every database stores, so that the answer is the same now and later.
        var at = now.UtcDateTime.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
        return new OrderState
        {
            CorrelationId = Guid.CreateVersion7(now),
            Merchant = request.Merchant,
            IdempotencyKey = request.Key,
            State = decision.Flow.Value == OrderFlows.BothAtOnce ? OrderStates.Trying : OrderStates.Reserving,
            Class = request.Order.Class,
            Customer = request.Order.Customer,
            Flow = decision.Flow.Value,
            Lane = decision.Lane.Value,
            SwitchVersion = decision.Version,
            TraceParent = request.Activity is { IdFormat: ActivityIdFormat.W3C } span ? span.Id : null,
            Currency = request.Order.Currency!,
            Total = total,
            Lines = lines,
            PaymentMethod = request.Order.Payment!.Method!,
            PaymentToken = request.Order.Payment.Token,
            PayBefore = RoundUpToSecond(at + settings.TimeToPay.For(request.Merchant, request.Order.Class)),
            NextRetryAt = at.AddSeconds(settings.FirstRetryDelaySeconds),
            CreatedAt = at,
            UpdatedAt = at,
            Version = 1,
        };
    }

    /// <summary>Rounds up, because a gateway closes its page at a whole second: the customer has all of the time that the order shows.</summary>
    static DateTime RoundUpToSecond(DateTime time) =>
        time.AddTicks((TimeSpan.TicksPerSecond - (time.Ticks % TimeSpan.TicksPerSecond)) % TimeSpan.TicksPerSecond);

    /// <summary>Each order's messages continue their own caller's trace, although the batch is one transaction.</summary>
    static async Task Send(UnitOfWorkContext work, PlacementRequest request, OrderState order)
    {
        Activity.Current = request.Activity;
        await work.Send(order.QueueOf(Queues.Inventory), order.ReserveStock());
        if (order.State == OrderStates.Trying)
            await work.Send(order.QueueOf(Queues.Payments), order.AuthorizePayment());
        await work.Publish(Submitted(order));
    }

    /// <summary>The event of the placement; the same on every call.</summary>
    public static OrderSubmitted Submitted(OrderState order) => new(
        order.CorrelationId, order.Merchant, order.IdempotencyKey, new Money(order.Total, order.Currency),
        [.. order.Lines.Select(line => new OrderLine(line.Sku, line.Quantity))], order.CreatedAt);
}
