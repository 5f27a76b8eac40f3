using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;

namespace Orders.Api;

/// <summary>
/// Refuses new orders while more are under way than the system ends in some seconds: a caller that is told to come back is
/// better off than one whose order waits for minutes. While the broker is away nothing can end, and the outbox keeps
/// everything: nobody is refused for that.
/// </summary>
sealed class Backpressure(
    Statements<OrdersDb> database, OutboxDispatcher<OrdersDb> outbox, OrderSettings settings, TimeProvider clock, ILogger<Backpressure> log) : BackgroundService
{
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Refusals that may be asked back to come in one second.</summary>
    const double RefusalsPerSecond = 250;

    /// <summary>Seconds.</summary>
    const double LongestRetryAfter = 30;

    int underWay;
    int retryAfter = 1;
    int refused;
    long admitted;

    /// <summary>How many were admitted at the last look, and at the one before it: those are in the count, for they have committed by now.</summary>
    long atLastLook;
    long counted;

    /// <summary>Null: the order may be placed. Otherwise 429, as a value: refusing must stay cheap when there is most to refuse.</summary>
    public Problem? Refusal()
    {
        var since = Interlocked.Increment(ref admitted) - Volatile.Read(ref counted);
        if (Volatile.Read(ref underWay) + since <= settings.MostUnderWay || outbox.IsBrokerAway)
            return null;
        Interlocked.Decrement(ref admitted);
        Interlocked.Increment(ref refused);
        return new Problem(429, "too-many-orders", "Too many orders are under way.",
            "Nothing was placed. Send the same request again after the time in Retry-After.")
        {
            RetryAfter = Volatile.Read(ref retryAfter),
        };
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        while (await timer.Next(stoppingToken))
        {
            // Nobody asks a database of which nothing is wanted.
            if (Interlocked.Read(ref admitted) > counted || underWay > 0)
                await Count();
            Spread();
        }
    }

    /// <summary>The more are turned away, the later they are asked back, so that they come back at a rate that costs little.</summary>
    void Spread()
    {
        var perSecond = Interlocked.Exchange(ref refused, 0) / Look.TotalSeconds;
        Volatile.Write(ref retryAfter, (int)Math.Clamp(perSecond / RefusalsPerSecond, 1, LongestRetryAfter));
    }

    async Task Count()
    {
        try
        {
            var now = Interlocked.Read(ref admitted);
            Volatile.Write(ref underWay, await database.Run(db => UnderWay(db, settings.MostUnderWay + 1)));
            Volatile.Write(ref counted, atLastLook);
            atLastLook = now;
        }
        catch (Exception failure)
        {
            log.LogWarning("The orders under way could not be counted: {Failure}", failure.Message);
        }
    }

    /// <summary>In the order of the index, so that the look reads no more rows than it counts.</summary>
    static Task<int> UnderWay(OrdersDb db, int most) => db.Orders
        .Where(order => order.NextCheckAt != null && order.PaymentUrl == null && order.State != States.NeedsReview)
        .OrderBy(order => order.NextCheckAt).Take(most).CountAsync();
}
