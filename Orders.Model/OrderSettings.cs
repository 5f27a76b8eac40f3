namespace Orders.Model;

/// <summary>
/// Placement, checks of orders and the time to pay. The same for Orders.Api and Orders.Sagas. Section <c>Orders</c>; checked at start.
/// </summary>
public sealed class OrderSettings
{
    /// <summary>From a step to the first check of recovery.</summary>
    public int FirstCheckSeconds { get; set; } = 8;

    /// <summary>The longest pause between two checks of an overdue order; the pauses double up to it.</summary>
    public int LongestCheckSeconds { get; set; } = 30;

    /// <summary>Checks of one step before the order moves to NeedsReview.</summary>
    public int GiveUpAfterChecks { get; set; } = 12;

    /// <summary>
    /// From the placement to the first check of an order that waits for its customer. The next checks come at twice its age each, and one
    /// when the time to pay is over.
    /// </summary>
    public int PendingCheckSeconds { get; set; } = 60;

    /// <summary>
    /// How long after the time to pay the news of a payment still counts; then an unpaid order is cancelled, also one in review.
    /// </summary>
    public int PayMarginSeconds { get; set; } = 10;

    /// <summary>The time to pay, by merchant and by class of orders.</summary>
    public PayWithin PayWithin { get; } = new();

    /// <summary>Placements in one transaction, at most.</summary>
    public int PlacementBatch { get; set; } = 64;

    /// <summary>
    /// How long a batch of placements waits for more after one that held several: orders that are placed together travel together.
    /// </summary>
    public int PlacementGatherMilliseconds { get; set; } = 50;

    /// <summary>
    /// Orders in progress at once; more are refused with 429. Orders that wait for their customer or are in review do not count. Set it
    /// below the number of orders that the installation ends in <see cref="FirstCheckSeconds"/>; otherwise recovery resumes orders that
    /// only wait for their turn.
    /// </summary>
    public int MostUnderWay { get; set; } = 2_500;

    /// <summary>
    /// How long an idempotency key is kept with its answer; 0: permanently. A request that is repeated after that places a second order.
    /// </summary>
    public int KeepIdempotencyKeyDays { get; set; }

    /// <summary>Doubling pauses with a jitter of the order's own, up to a fifth, so that orders stuck together do not come together.</summary>
    public TimeSpan CheckAgainAfter(int attempt, Guid orderId) => Pause(attempt, (uint)orderId.GetHashCode() % 1000 / 5000.0);

    TimeSpan Pause(int attempt, double jitter) =>
        TimeSpan.FromSeconds(Math.Min(LongestCheckSeconds, FirstCheckSeconds * Math.Pow(2, Math.Min(attempt - 1, 20))) * (1 + jitter));

    /// <summary>UTC; an order that is not paid by then is cancelled, whatever state it is in, and no answer that comes later takes money.</summary>
    public DateTime Deadline(OrderState order) => order.PayBefore.AddSeconds(PayMarginSeconds);

    /// <summary>The first look at an order that has just come into its state; none when nothing is left to be decided.</summary>
    public DateTime? FirstCheckAt(OrderState order, DateTime now) => order.State switch
    {
        States.NeedsReview => States.Unpaid(order.ReviewFrom) ? Deadline(order) : null,
        var state when States.AtRest(state) => null,
        _ => NotAfterDeadline(order, now.AddSeconds(FirstCheckSeconds), now),
    };

    /// <summary>After another look that found the order still stuck.</summary>
    public DateTime NextCheckAt(OrderState order, DateTime now) =>
        NotAfterDeadline(order, now + CheckAgainAfter(order.CheckAttempts, order.CorrelationId), now);

    /// <summary>While the customer has yet to pay: ever more seldom, then when the gateway closes its page, then at the deadline.</summary>
    public DateTime NextPendingCheckAt(OrderState order, DateTime now)
    {
        var next = now + Longer(TimeSpan.FromSeconds(PendingCheckSeconds), now - order.CreatedAt);
        return now >= order.PayBefore ? Deadline(order) : next < order.PayBefore ? next : order.PayBefore;
    }

    DateTime NotAfterDeadline(OrderState order, DateTime next, DateTime now) =>
        States.Unpaid(order.State) && Deadline(order) is var end && end > now && end < next ? end : next;

    static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>From a step without an answer to the call for a person, at the most.</summary>
    public TimeSpan GiveUpWithin => TimeSpan.FromSeconds(
        FirstCheckSeconds + Enumerable.Range(1, GiveUpAfterChecks).Sum(attempt => Pause(attempt, jitter: 0.2).TotalSeconds));

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check()
    {
        if (FirstCheckSeconds is < 1 or > 3600)
            throw new InvalidOperationException("Orders:FirstCheckSeconds must be 1 to 3600.");
        PayWithin.Check(FirstCheckSeconds);
        if (LongestCheckSeconds < FirstCheckSeconds || GiveUpAfterChecks is < 1 or > 1000 || PendingCheckSeconds < FirstCheckSeconds)
            throw new InvalidOperationException(
                "Orders:LongestCheckSeconds and PendingCheckSeconds must not be below FirstCheckSeconds; GiveUpAfterChecks must be 1 to 1000.");
        if (GiveUpWithin > TimeSpan.FromDays(1))
            throw new InvalidOperationException(
                "Orders:FirstCheckSeconds, LongestCheckSeconds and GiveUpAfterChecks together leave an order stuck for over a day before a person is asked.");
        if (PayMarginSeconds is < 0 or > 3600)
            throw new InvalidOperationException("Orders:PayMarginSeconds must be 0 to 3600.");
        if (PlacementBatch is < 1 or > 500)
            throw new InvalidOperationException("Orders:PlacementBatch must be 1 to 500.");
        if (MostUnderWay < PlacementBatch)
            throw new InvalidOperationException("Orders:MostUnderWay must be at least PlacementBatch.");
        if (KeepIdempotencyKeyDays is not (0 or (>= 8 and <= 36_500)))
            throw new InvalidOperationException(
                "Orders:KeepIdempotencyKeyDays must be 8 to 36500, or 0 to keep keys permanently: callers repeat a request for as long as an order may wait.");
        if (PlacementGatherMilliseconds is < 0 or > 1000)
            throw new InvalidOperationException("Orders:PlacementGatherMilliseconds must be 0 to 1000.");
    }
}
