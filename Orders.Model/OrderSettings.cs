namespace Orders.Model;

/// <summary>Settings of orders. Bound from the section <c>Orders</c>; checked at start.</summary>
public sealed class OrderSettings
{
    /// <summary>Delay from a step to recovery's first check of it.</summary>
    public int FirstCheckSeconds { get; set; } = 8;

    /// <summary>Maximum delay between two checks of an overdue order; the delays double up to it.</summary>
    public int LongestCheckSeconds { get; set; } = 30;

    /// <summary>Checks of one step before the order moves to review.</summary>
    public int GiveUpAfterChecks { get; set; } = 12;

    /// <summary>
    /// Delay from the placement to the first check of an order that waits for the customer. Each next check comes at twice the
    /// order's age, and one at the end of the time to pay.
    /// </summary>
    public int PendingCheckSeconds { get; set; } = 60;

    /// <summary>How long after the time to pay the gateway may still report the outcome before the order is cancelled.</summary>
    public int PayMarginSeconds { get; set; } = 10;

    /// <summary>The time to pay, by merchant and by order class.</summary>
    public PayWithin PayWithin { get; } = new();

    /// <summary>Maximum number of placements in one transaction.</summary>
    public int PlacementBatch { get; set; } = 64;

    /// <summary>
    /// How long a batch of placements waits for more after a batch of several: orders placed together are then handled
    /// together in all steps.
    /// </summary>
    public int PlacementGatherMilliseconds { get; set; } = 50;

    /// <summary>
    /// Maximum number of orders in progress; more are refused (429) until some have finished. Orders that wait for the customer do not
    /// count. Do not set it higher than what the system finishes in <see cref="FirstCheckSeconds"/>: recovery would take waiting orders for
    /// stalled ones.
    /// </summary>
    public int MostUnderWay { get; set; } = 2_500;

    /// <summary>
    /// How long an idempotency key is kept with its answer; 0: permanently. After that, a repeated request places a second order.
    /// </summary>
    public int KeepIdempotencyKeyDays { get; set; }

    /// <summary>
    /// Doubling delays with a jitter per order of up to a fifth, so that orders stalled together are not checked together.
    /// </summary>
    public TimeSpan CheckAgainAfter(int attempt, Guid orderId) => Pause(attempt, (uint)orderId.GetHashCode() % 1000 / 5000.0);

    TimeSpan Pause(int attempt, double jitter) =>
        TimeSpan.FromSeconds(Math.Min(LongestCheckSeconds, FirstCheckSeconds * Math.Pow(2, Math.Min(attempt - 1, 20))) * (1 + jitter));

    /// <summary>UTC; an unpaid order is cancelled then in any state, and later answers take no money.</summary>
    public DateTime Deadline(OrderState order) => order.PayBefore.AddSeconds(PayMarginSeconds);

    /// <summary>Time of the first check after a change of state; null in a final state.</summary>
    public DateTime? FirstCheckAt(OrderState order, DateTime now) => order.State switch
    {
        States.NeedsReview => States.Unpaid(order.ReviewFrom) ? Deadline(order) : null,
        var state when States.AtRest(state) => null,
        _ => NotAfterDeadline(order, now.AddSeconds(FirstCheckSeconds), now),
    };

    /// <summary>Time of the next check after one that found the order still stalled.</summary>
    public DateTime NextCheckAt(OrderState order, DateTime now) =>
        NotAfterDeadline(order, now + CheckAgainAfter(order.CheckAttempts, order.CorrelationId), now);

    /// <summary>
    /// Next check while the customer has not paid: at growing intervals, then when the gateway closes its page, then at the deadline.
    /// </summary>
    public DateTime NextPendingCheckAt(OrderState order, DateTime now)
    {
        var next = now + Longer(TimeSpan.FromSeconds(PendingCheckSeconds), now - order.CreatedAt);
        return now >= order.PayBefore ? Deadline(order) : next < order.PayBefore ? next : order.PayBefore;
    }

    DateTime NotAfterDeadline(OrderState order, DateTime next, DateTime now) =>
        States.Unpaid(order.State) && Deadline(order) is var end && end > now && end < next ? end : next;

    static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>Maximum time from an unanswered step to review.</summary>
    public TimeSpan GiveUpWithin => TimeSpan.FromSeconds(
        FirstCheckSeconds + Enumerable.Range(1, GiveUpAfterChecks).Sum(attempt => Pause(attempt, jitter: 0.2).TotalSeconds));

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        if (FirstCheckSeconds is < 1 or > 3600)
            throw new InvalidOperationException("Orders:FirstCheckSeconds must be 1 to 3600.");
        PayWithin.Check(FirstCheckSeconds);
        if (LongestCheckSeconds < FirstCheckSeconds || GiveUpAfterChecks is < 1 or > 1000 || PendingCheckSeconds < FirstCheckSeconds)
            throw new InvalidOperationException(
                "Orders:LongestCheckSeconds and PendingCheckSeconds must not be less than FirstCheckSeconds; GiveUpAfterChecks must be 1 to 1000.");
        if (GiveUpWithin > TimeSpan.FromDays(1))
            throw new InvalidOperationException(
                "Orders:FirstCheckSeconds, LongestCheckSeconds and GiveUpAfterChecks together leave an order stalled for over a day before review.");
        if (PayMarginSeconds is < 0 or > 3600)
            throw new InvalidOperationException("Orders:PayMarginSeconds must be 0 to 3600.");
        if (PlacementBatch is < 1 or > 500)
            throw new InvalidOperationException("Orders:PlacementBatch must be 1 to 500.");
        if (MostUnderWay < PlacementBatch)
            throw new InvalidOperationException("Orders:MostUnderWay must be at least PlacementBatch.");
        if (KeepIdempotencyKeyDays is not (0 or (>= 8 and <= 36_500)))
            throw new InvalidOperationException(
                "Orders:KeepIdempotencyKeyDays must be 8 to 36500, or 0 to keep keys permanently: callers repeat a request as long as an order may wait.");
        if (PlacementGatherMilliseconds is < 0 or > 1000)
            throw new InvalidOperationException("Orders:PlacementGatherMilliseconds must be 0 to 1000.");
    }
}
