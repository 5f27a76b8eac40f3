using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;

namespace Orders.Api;

/// <summary>
/// Refuses new orders while more are in progress than the system finishes in some seconds: an early 429 is better for a caller than an order
/// that waits for minutes. Each lane has a limit, and in each lane each merchant has one. Orders over the bus are never refused, so a merchant
/// can exceed its limit. In the lane's total its orders then count only up to that limit, so that they cause no 429 for others. Only placed
/// orders count, not invalid, repeated or refused ones. While the broker is unavailable no order can finish and the outbox keeps all messages:
/// then no order is refused.
/// </summary>
sealed class Backpressure(
    QueryRunner<OrdersDb> database, OutboxDispatcher<OrdersDb> outbox, OrderSettings settings, LaneSettings lanes, TimeProvider clock,
    ILogger<Backpressure> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(50);

    /// <summary>Refused callers asked to return per second.</summary>
    const double RefusalsPerSecond = 250;

    /// <summary>Maximum Retry-After, seconds.</summary>
    const double MaxRetryAfter = 30;

    /// <summary>
    /// How many times the maximum the count reads: orders over the bus are not refused, so a merchant can have more than the maximum.
    /// </summary>
    const int ReadAhead = 4;

    /// <summary>No merchant has this name.</summary>
    const string All = "";

    int retryAfter = 1;
    int refused;

    /// <summary>Orders placed by this process, by lane and merchant; under the empty name all of the lane.</summary>
    readonly ConcurrentDictionary<LaneMerchant, long> placed = new();

    volatile Count last = new([], [], 0);

    /// <summary>The last count reached a limit in every lane, so the merchant can place nothing. Near a limit the placing batch decides.</summary>
    public bool IsFull(string merchant) => !outbox.IsBrokerUnavailable && lanes.Used.All(lane => WasFull(last, lane, merchant));

    /// <summary>
    /// A limit of this lane is reached. Orders that ended since a fresh count may still fill it: what a flood sends in these milliseconds is
    /// refused before it comes between the orders of other lanes in a batch.
    /// </summary>
    public bool IsFull(string merchant, string lane)
    {
        var count = last;
        return !outbox.IsBrokerUnavailable && (WasFull(count, lane, merchant)
            || (clock.GetElapsedTime(count.At) < Fresh && IsReached(lane, InProgress(count, new(lane, All)), InProgress(count, new(lane, merchant)))));
    }

    bool WasFull(Count count, string lane, string merchant) => IsReached(lane, count.Of(new(lane, All)), count.Of(new(lane, merchant)));

    /// <summary>
    /// Counts the orders with one more statement if these could reach a limit. Batches run one after another, so that no order of this process
    /// is missed or counted twice.
    /// </summary>
    public async Task<Count> Prepare(IReadOnlyList<PlacementRequest> requests)
    {
        var count = last;
        if (outbox.IsBrokerUnavailable)
            return count;
        if (lanes.Used.Any(lane => CouldReach(count, lane, requests)))
            last = count = await CountNow();
        return count;
    }

    bool CouldReach(Count count, string lane, IReadOnlyList<PlacementRequest> requests) =>
        InProgress(count, new(lane, All)) + requests.Count > settings.MaxInProgress(lane) || requests.CountBy(request => request.Merchant)
            .Any(own => InProgress(count, new(lane, own.Key)) + own.Value > settings.MaxOfMerchant(lane));

    /// <summary>
    /// Decides on the new orders of one transaction by the count that <see cref="Prepare"/> returned. The timer may meanwhile have replaced the
    /// last count with one that began earlier.
    /// </summary>
    public Func<PlacementRequest, string, Problem?> Admission(Count count)
    {
        if (outbox.IsBrokerUnavailable)
            return (_, _) => null;
        var admitted = new Dictionary<LaneMerchant, long>();
        return (request, lane) =>
        {
            var (all, own) = (new LaneMerchant(lane, All), new LaneMerchant(lane, request.Merchant));
            if (IsReached(lane, Now(all), Now(own)))
                return Refusal(request.Merchant, lane);
            (admitted[all], admitted[own]) = (admitted.GetValueOrDefault(all) + 1, admitted.GetValueOrDefault(own) + 1);
            return null;
        };

        long Now(LaneMerchant of) => InProgress(count, of) + admitted.GetValueOrDefault(of);
    }

    /// <summary>Call this after the commit.</summary>
    public void Placed(IEnumerable<PlacementRequest> requests)
    {
        var ours = from request in requests
                   let result = request.Result() as Placed
                   where result is { Replayed: false }
                   select new LaneMerchant(result.Lane, request.Merchant);
        foreach (var (own, orders) in ours.CountBy(own => own))
        {
            placed.AddOrUpdate(own, orders, (_, before) => before + orders);
            placed.AddOrUpdate(own with { Merchant = All }, orders, (_, before) => before + orders);
        }
    }

    /// <summary>Returned, not thrown: a refusal must be cheap under the highest load.</summary>
    public Problem Refusal(string merchant) => Refusal(merchant, Lane.Main);

    public Problem Refusal(string merchant, string lane)
    {
        Interlocked.Increment(ref refused);
        var isShare = InProgress(last, new(lane, All)) < settings.MaxInProgress(lane);
        LimitedRequests.Count(isShare ? "orders in progress of the merchant" : "orders in progress", merchant);
        var whose = isShare ? $"The merchant has its maximum of {settings.MaxOfMerchant(lane)} orders in progress. " : "";
        return new Problem(ProblemTypes.TooManyOrders, whose + "Nothing was placed. Send the same request again after the seconds in Retry-After.")
        {
            RetryAfter = Volatile.Read(ref retryAfter),
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Instruments.Meter.CreateObservableGauge("ordersaga.orders.active", Measure, "{order}", "Orders in progress, by lane and merchant");
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            // No query while there is nothing to count.
            if (lanes.Used.Any(lane => InProgress(last, new(lane, All)) > 0))
                await RefreshCount();
            Spread();
        }
    }

    /// <summary>The more callers are refused, the later they are asked to return: their rate stays bounded.</summary>
    void Spread()
    {
        var perSecond = Interlocked.Exchange(ref refused, 0) / Interval.TotalSeconds;
        Volatile.Write(ref retryAfter, (int)Math.Clamp(perSecond / RefusalsPerSecond, 1, MaxRetryAfter));
    }

    bool IsReached(string lane, long all, long own) => all >= settings.MaxInProgress(lane) || own >= settings.MaxOfMerchant(lane);

    /// <summary>As of the count, with those that this process has placed since it began.</summary>
    long InProgress(Count count, LaneMerchant of) => count.Of(of) + placed.GetValueOrDefault(of) - count.PlacedBefore.GetValueOrDefault(of);

    async Task RefreshCount()
    {
        try
        {
            last = await CountNow();
        }
        catch (Exception failure)
        {
            log.LogWarning("Could not count the orders in progress; retrying: {Failure}", failure.Message);
        }
    }

    async Task<Count> CountNow()
    {
        var (before, at) = (placed.ToDictionary(), clock.GetTimestamp());
        var counts = await database.Run(db => ByMerchant(db, ReadAhead * settings.MaxOrdersInProgress).ToDictionaryAsync(
            one => new LaneMerchant(one.Lane, one.Merchant), one => one.Orders));
        foreach (var lane in counts.GroupBy(pair => pair.Key.Lane).ToList())
            counts[new(lane.Key, All)] = lane.Sum(pair => Math.Min(pair.Value, settings.MaxOfMerchant(lane.Key)));
        return new Count(counts, before, at);
    }

    /// <summary>
    /// Reads in the order of the index ix_orders_next_retry_at, so that orders that wait for their customers are not read.
    /// </summary>
    internal static IQueryable<MerchantCount> ByMerchant(OrdersDb db, int max) => db.Orders
        .Where(order => order.NextRetryAt != null && order.PaymentUrl == null && order.State != OrderStates.NeedsReview)
        .OrderBy(order => order.NextRetryAt).Take(max)
        .GroupBy(order => new { order.Lane, order.Merchant }).Select(group => new MerchantCount(group.Key.Lane, group.Key.Merchant, group.Count()));

    IEnumerable<Measurement<int>> Measure() => last.Orders.Where(pair => pair.Key.Merchant != All)
        .Select(pair => new Measurement<int>(pair.Value, new("merchant", pair.Key.Merchant), new("lane", pair.Key.Lane)));

    /// <summary>A merchant in a lane, or with the empty name all of the lane.</summary>
    internal readonly record struct LaneMerchant(string Lane, string Merchant);

    internal sealed record MerchantCount(string Lane, string Merchant, int Orders);

    /// <summary>
    /// The database's count by lane and merchant, what this process had placed before the query, and when that began by the steady clock.
    /// </summary>
    internal sealed record Count(Dictionary<LaneMerchant, int> Orders, Dictionary<LaneMerchant, long> PlacedBefore, long At)
    {
        public int Of(LaneMerchant of) => Orders.GetValueOrDefault(of);
    }
}
