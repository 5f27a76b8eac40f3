using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;

namespace Orders.Api;

/// <summary>
/// Refuses new orders while more are in progress than the system finishes in some seconds: an early 429 is better for a caller than an
/// order that waits for minutes. Only placed orders count, not invalid, repeated or refused ones. While the broker is unavailable no order
/// can finish and the outbox keeps all messages: then no order is refused.
/// </summary>
sealed class Backpressure(
    QueryRunner<OrdersDb> database, OutboxDispatcher<OrdersDb> outbox, OrderSettings settings, TimeProvider clock, ILogger<Backpressure> log)
        : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Refused callers asked to return per second.</summary>
    const double RefusalsPerSecond = 250;

    /// <summary>Maximum Retry-After, seconds.</summary>
    const double MaxRetryAfter = 30;

    int retryAfter = 1;
    int refused;

    /// <summary>Orders placed by this process.</summary>
    long placed;

    volatile Count last = new(0, 0);

    /// <summary>The last count reached the limit, so nothing can be placed. Near the limit the placing batch decides.</summary>
    public bool IsFull => !outbox.IsBrokerUnavailable && last.InProgress >= settings.MaxOrdersInProgress;

    /// <summary>
    /// How many orders may be placed. Near the limit this counts them with one more statement. Batches run one after another, so that no
    /// order of this process is missed or counted twice.
    /// </summary>
    /// <param name="wanted">The count stops at this number.</param>
    public async Task<int> Reserve(int wanted)
    {
        if (outbox.IsBrokerUnavailable)
            return wanted;
        var left = settings.MaxOrdersInProgress - last.InProgress - (Interlocked.Read(ref placed) - last.PlacedBefore);
        if (left < wanted)
        {
            last = await CountNow();
            left = settings.MaxOrdersInProgress - last.InProgress;
        }

        return (int)Math.Max(0, left);
    }

    public void Placed(int orders) => Interlocked.Add(ref placed, orders);

    /// <summary>Returned, not thrown: a refusal must be cheap under the highest load.</summary>
    public Problem Refusal()
    {
        Interlocked.Increment(ref refused);
        return new Problem(
            ProblemTypes.TooManyOrders, "Nothing was placed. Send the same request again after the seconds in Retry-After.")
        {
            RetryAfter = Volatile.Read(ref retryAfter),
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            // No query while there is nothing to count.
            if (Interlocked.Read(ref placed) > last.PlacedBefore || last.InProgress > 0)
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
        var before = Interlocked.Read(ref placed);
        return new Count(await database.Run(db => InProgress(db).Take(settings.MaxOrdersInProgress).CountAsync()), before);
    }

    /// <summary>
    /// Counts in the order of the index ix_orders_next_retry_at, so that orders that wait for their customers are not read.
    /// </summary>
    internal static IQueryable<OrderState> InProgress(OrdersDb db) => db.Orders
        .Where(order => order.NextRetryAt != null && order.PaymentUrl == null && order.State != OrderStates.NeedsReview)
        .OrderBy(order => order.NextRetryAt);

    /// <summary>The database's count, and how many orders this process had placed before the query.</summary>
    sealed record Count(int InProgress, long PlacedBefore);
}
