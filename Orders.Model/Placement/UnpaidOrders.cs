using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>
/// Limits what one merchant's unpaid hosted orders hold: stock belongs to all merchants, and such an order costs nothing. It knows the orders
/// by samples and adds those that this process places, so that a placement needs no statement. Another process's orders count from the next
/// sample on.
/// </summary>
public sealed class UnpaidOrders : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>A sample waits this many times as long as the last one took: many unpaid orders must not keep the database busy.</summary>
    const int Rest = 20;
    static readonly TimeSpan MaxRest = TimeSpan.FromSeconds(8);
    const int RetryAfterSeconds = 10;

    readonly QueryRunner<OrdersDb> database;
    readonly OrderSettings settings;
    readonly TimeProvider clock;
    readonly ILogger<UnpaidOrders> log;
    readonly Lock changes = new();
    Dictionary<Guid, Hold> holds = [];
    Dictionary<string, Sum> sums = [];

    public UnpaidOrders(QueryRunner<OrdersDb> database, OrderSettings settings, TimeProvider clock, ILogger<UnpaidOrders> log)
    {
        (this.database, this.settings, this.clock, this.log) = (database, settings, clock, log);
        Instruments.Meter.CreateObservableGauge("ordersaga.orders.unpaid", () => Measure(sum => sum.Orders), "{order}", "Unpaid hosted orders, by merchant");
        Instruments.Meter.CreateObservableGauge(
            "ordersaga.orders.unpaid.pieces", () => Measure(sum => sum.Pieces), "{piece}", "Pieces held by unpaid hosted orders, by merchant");
    }

    /// <summary>Returns null, or why the merchant may not place this order now.</summary>
    /// <param name="request">The order.</param>
    /// <param name="placing">The hosted orders that the open transaction places.</param>
    internal Problem? Refusal(PlacementRequest request, IEnumerable<OrderState> placing)
    {
        if (request.Order.Payment!.Method != FieldRules.Hosted)
            return null;
        var sum = placing.Where(order => order.Merchant == request.Merchant)
            .Aggregate(SumOf(request.Merchant), (before, order) => before.With(Pieces(order.Lines)));
        var pieces = request.Order.Lines!.Sum(line => (long)line!.Quantity!.Value);
        if (sum.Orders >= settings.MaxUnpaidOrdersPerMerchant)
            return Refused("unpaid orders", request.Merchant,
                $"{sum.Orders} hosted orders wait for their customers; the maximum is {settings.MaxUnpaidOrdersPerMerchant}.");
        return sum.Pieces + pieces <= settings.MaxUnpaidPiecesPerMerchant ? null : Refused("unpaid pieces", request.Merchant,
            $"Unpaid hosted orders hold {sum.Pieces} pieces, and this one needs {pieces}; the maximum is {settings.MaxUnpaidPiecesPerMerchant}.");
    }

    /// <summary>Call this after the commit that placed the hosted order.</summary>
    internal void Add(OrderState order)
    {
        var hold = new Hold(order.Merchant, Pieces(order.Lines), clock.GetTimestamp());
        lock (changes)
        {
            holds[order.CorrelationId] = hold;
            sums[hold.Merchant] = sums.GetValueOrDefault(hold.Merchant, Sum.None).With(hold.Pieces);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForTick(stoppingToken))
            timer.Period = await Sample();
    }

    /// <summary>Returns the time until the next sample.</summary>
    async Task<TimeSpan> Sample()
    {
        var began = clock.GetTimestamp();
        try
        {
            // Two statements: each reads one of the two indexes of orders that have not ended.
            var rows = await database.Run(db => Unpaid(db.Orders.Where(order => order.PaymentUrl == null)).ToListAsync());
            rows.AddRange(await database.Run(db => Unpaid(db.Orders.Where(order => order.PaymentUrl != null)).ToListAsync()));
            Replace(rows, began);
            var rest = clock.GetElapsedTime(began) * Rest;
            return rest < Interval ? Interval : rest < MaxRest ? rest : MaxRest;
        }
        catch (Exception failure)
        {
            log.LogWarning("Could not count the unpaid orders; retrying: {Failure}", failure.Message);
            return Interval;
        }
    }

    /// <summary>An order that was placed after the sample began may be missing in it.</summary>
    void Replace(List<UnpaidOrder> rows, long began)
    {
        lock (changes)
        {
            var now = holds.Where(hold => hold.Value.At >= began).ToDictionary();
            foreach (var order in rows)
                now[order.Id] = new Hold(order.Merchant, Pieces(order.Lines), At: 0);
            holds = now;
            sums = now.Values.GroupBy(hold => hold.Merchant, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => new Sum(group.Count(), group.Sum(hold => hold.Pieces)), StringComparer.Ordinal);
        }
    }

    static IQueryable<UnpaidOrder> Unpaid(IQueryable<OrderState> orders) => orders
        .Where(order => order.NextRetryAt != null && order.PaymentMethod == FieldRules.Hosted
            && (order.State == OrderStates.Reserving || order.State == OrderStates.Trying || order.State == OrderStates.AwaitingPayment))
        .OrderBy(order => order.NextRetryAt)
        .Select(order => new UnpaidOrder(order.CorrelationId, order.Merchant, order.Lines));

    Sum SumOf(string merchant)
    {
        lock (changes)
            return sums.GetValueOrDefault(merchant, Sum.None);
    }

    IEnumerable<Measurement<long>> Measure(Func<Sum, long> value)
    {
        lock (changes)
            return [.. sums.Select(pair => new Measurement<long>(value(pair.Value), new KeyValuePair<string, object?>("merchant", pair.Key)))];
    }

    static long Pieces(IReadOnlyList<OrderItem> lines) => lines.Sum(line => (long)line.Quantity);

    static Problem Refused(string limit, string merchant, string why)
    {
        LimitedRequests.Count(limit, merchant);
        return new Problem(ProblemTypes.TooManyUnpaidOrders,
            $"{why} Nothing was placed. Send the same request again when customers have paid, or when orders were cancelled.")
        {
            RetryAfter = RetryAfterSeconds,
        };
    }

    sealed record UnpaidOrder(Guid Id, string Merchant, IReadOnlyList<OrderItem> Lines);

    /// <param name="Merchant">Owner of the order.</param>
    /// <param name="Pieces">The pieces of all its lines.</param>
    /// <param name="At">When this process placed the order, by its monotonic clock; 0 if a sample found it.</param>
    sealed record Hold(string Merchant, long Pieces, long At);

    sealed record Sum(long Orders, long Pieces)
    {
        public static readonly Sum None = new(0, 0);

        public Sum With(long pieces) => new(Orders + 1, Pieces + pieces);
    }
}
