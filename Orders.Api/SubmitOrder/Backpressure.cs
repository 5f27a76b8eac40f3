using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;

namespace Orders.Api;

/// <summary>
/// Refuses new orders while more are in progress than the system ends in some seconds: a caller that is told to come back is
/// better off than one whose order waits for minutes. Only placed orders count: neither bad bodies nor repeats nor refusals do. While the
/// broker is unavailable nothing can end, and the outbox keeps everything: no order is refused for that.
/// </summary>
sealed class Backpressure(
    Statements<OrdersDb> database, OutboxDispatcher<OrdersDb> outbox, OrderSettings settings, TimeProvider clock, ILogger<Backpressure> log) : BackgroundService
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Refusals that may be asked back to come in one second.</summary>
    const double RefusalsPerSecond = 250;

    /// <summary>Seconds.</summary>
    const double LongestRetryAfter = 30;

    int retryAfter = 1;
    int refused;

    /// <summary>Orders that this process has placed.</summary>
    long placed;

    volatile Count last = new(0, 0);

    /// <summary>Nothing is placed now, for certain: the database says so. Near the bound the placing batch decides.</summary>
    public bool IsFull => !outbox.IsBrokerAway && last.InProgress >= settings.MostUnderWay;

    /// <summary>
    /// How many orders may be placed. Near the bound they are counted, one statement more; batches come one after another, so that nothing this
    /// process has placed is missing or counted twice.
    /// </summary>
    /// <param name="wanted">More than that need not be known.</param>
    public async Task<int> Left(int wanted)
    {
        if (outbox.IsBrokerAway)
            return wanted;
        var left = settings.MostUnderWay - last.InProgress - (Interlocked.Read(ref placed) - last.PlacedBefore);
        if (left < wanted)
        {
            last = await CountNow();
            left = settings.MostUnderWay - last.InProgress;
        }

        return (int)Math.Max(0, left);
    }

    public void Placed(int orders) => Interlocked.Add(ref placed, orders);

    /// <summary>A value, not an exception: refusing must stay cheap when there is most to refuse.</summary>
    public Problem Refusal()
    {
        Interlocked.Increment(ref refused);
        return new Problem(429, "too-many-orders", "Too many orders are under way.",
            "Nothing was placed. Send the same request again after the time in Retry-After.")
        {
            RetryAfter = Volatile.Read(ref retryAfter),
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.Next(stoppingToken))
        {
            // Do not query while there is nothing to count.
            if (Interlocked.Read(ref placed) > last.PlacedBefore || last.InProgress > 0)
                await CountAgain();
            Spread();
        }
    }

    /// <summary>The more are turned away, the later they are asked back, so that they come back at a rate that costs little.</summary>
    void Spread()
    {
        var perSecond = Interlocked.Exchange(ref refused, 0) / Interval.TotalSeconds;
        Volatile.Write(ref retryAfter, (int)Math.Clamp(perSecond / RefusalsPerSecond, 1, LongestRetryAfter));
    }

    async Task CountAgain()
    {
        try
        {
            last = await CountNow();
        }
        catch (Exception failure)
        {
            log.LogWarning("The orders in progress could not be counted: {Failure}", failure.Message);
        }
    }

    async Task<Count> CountNow()
    {
        var before = Interlocked.Read(ref placed);
        return new Count(await database.Run(db => InProgress(db, settings.MostUnderWay)), before);
    }

    /// <summary>
    /// In the order of the index ix_orders_next_check_at, so that no more rows are read than counted, however many orders wait for their customers.
    /// </summary>
    internal static Task<int> InProgress(OrdersDb db, int atMost) => db.Orders
        .Where(order => order.NextCheckAt != null && order.PaymentUrl == null && order.State != States.NeedsReview)
        .OrderBy(order => order.NextCheckAt).Take(atMost).CountAsync();

    /// <summary>The database's count, and what this process had placed before it was asked.</summary>
    sealed record Count(int InProgress, long PlacedBefore);
}
