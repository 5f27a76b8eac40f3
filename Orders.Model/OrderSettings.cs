namespace Orders.Model;

/// <summary>Settings of orders. Bound from the section <c>Orders</c>; checked at start.</summary>
public sealed class OrderSettings
{
    /// <summary>Delay from a change of state to recovery's first check of the order.</summary>
    public int FirstRetryDelaySeconds { get; set; } = 8;

    /// <summary>Maximum delay between two checks of an overdue order; the delays double up to it.</summary>
    public int MaxRetryDelaySeconds { get; set; } = 30;

    /// <summary>How often recovery repeats the command of one state before the order moves to review.</summary>
    public int MaxRetries { get; set; } = 12;

    /// <summary>
    /// Delay from the placement to the first check of an order that waits for the customer. Each next check comes at twice the
    /// order's age, and one at the end of the time to pay.
    /// </summary>
    public int PendingRetryDelaySeconds { get; set; } = 60;

    /// <summary>How long after the time to pay the gateway may still report the outcome before the order is cancelled.</summary>
    public int PaymentMarginSeconds { get; set; } = 10;

    /// <summary>The time to pay, by merchant and by order class.</summary>
    public TimeToPaySettings TimeToPay { get; } = new();

    /// <summary>Maximum number of placements in one transaction.</summary>
    public int PlacementBatchSize { get; set; } = 64;

    /// <summary>
    /// How long the next batch of placements waits for more requests, if the last batch had several. Orders placed together then share
    /// the batches of all later steps.
    /// </summary>
    public int PlacementLingerMilliseconds { get; set; } = 50;

    /// <summary>
    /// Maximum number of orders in progress in each lane without an own entry in MaxOrdersInProgressByLane; more are refused (429) until some
    /// have finished. Orders that are in review or wait for the customer do not count. Do not set it higher than what the system finishes in
    /// <see cref="FirstRetryDelaySeconds"/>: recovery would take waiting orders for stalled ones.
    /// </summary>
    public int MaxOrdersInProgress { get; set; } = 2_500;

    /// <summary>
    /// Maximum number of one merchant's orders in progress in each lane, so that one merchant alone cannot fill a lane. Default: four fifths of
    /// MaxOrdersInProgress.
    /// </summary>
    public int? MaxOrdersInProgressPerMerchant { get; set; }

    /// <summary>
    /// Maximum number of orders in progress in a lane; one merchant may have four fifths of it, but at most MaxOrdersInProgressPerMerchant.
    /// Default: MaxOrdersInProgress. A small number for one lane keeps a flood there from slowing the other lanes down.
    /// </summary>
    public Dictionary<string, int> MaxOrdersInProgressByLane { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How many requests of one API key to one process may place nothing, per second (bursts: twice that): invalid and refused ones. Over it
    /// its requests are refused (429) before they are read. Those that place an order or repeat one do not count.
    /// </summary>
    public int MaxFailedPlacementsPerSecond { get; set; } = 500;

    /// <summary>
    /// Maximum number of one merchant's hosted orders whose customers have not paid; more are refused (429). Each holds stock for its time to
    /// pay.
    /// </summary>
    public int MaxUnpaidOrdersPerMerchant { get; set; } = 1_000;

    /// <summary>Maximum number of pieces that one merchant's unpaid hosted orders may hold together; more are refused (429).</summary>
    public int MaxUnpaidPiecesPerMerchant { get; set; } = 5_000;

    /// <summary>
    /// How long an idempotency key is kept with its answer; 0: permanently. After that, a repeated request places a second order.
    /// </summary>
    public int IdempotencyKeyRetentionDays { get; set; }

    /// <summary><see cref="MaxOrdersInProgressPerMerchant"/>, or its default.</summary>
    public int MaxInProgressPerMerchant => MaxOrdersInProgressPerMerchant ?? FourFifths(MaxOrdersInProgress);

    /// <summary>Maximum number of orders in progress in the lane.</summary>
    public int MaxInProgress(string lane) => MaxOrdersInProgressByLane.GetValueOrDefault(lane, MaxOrdersInProgress);

    /// <summary>Maximum number of one merchant's orders in progress in the lane.</summary>
    public int MaxOfMerchant(string lane) =>
        MaxOrdersInProgressByLane.TryGetValue(lane, out var max) ? Math.Min(FourFifths(max), MaxInProgressPerMerchant) : MaxInProgressPerMerchant;

    static int FourFifths(int all) => Math.Max(1, (int)(all * 4L / 5));

    /// <summary>
    /// How long a finished order keeps what may identify a customer: its idempotency key, its reason, the customer reference, the payment token,
    /// the address of the payment page, and its finished webhook deliveries; 0: permanently.
    /// </summary>
    public int PersonalDataRetentionDays { get; set; }

    /// <summary>
    /// Doubling delays with a jitter per order of up to a fifth, so that orders stalled together are not checked together.
    /// </summary>
    public TimeSpan RetryDelay(int attempt, Guid orderId) => Delay(attempt, (uint)orderId.GetHashCode() % 1000 / 5000.0);

    TimeSpan Delay(int attempt, double jitter) =>
        TimeSpan.FromSeconds(Math.Min(MaxRetryDelaySeconds, FirstRetryDelaySeconds * Math.Pow(2, Math.Min(attempt - 1, 20))) * (1 + jitter));

    /// <summary>UTC; from then on the next check or answer cancels an unpaid order, also in review.</summary>
    public DateTime Deadline(OrderState order) => order.PayBefore.AddSeconds(PaymentMarginSeconds);

    /// <summary>Time of the first check after a change of state; null in a final state.</summary>
    public DateTime? FirstRetryAt(OrderState order, DateTime now) => order.State switch
    {
        OrderStates.NeedsReview => OrderLifecycle.Of(order.ReviewFrom).IsUnpaid ? Deadline(order) : null,
        var state when OrderLifecycle.Of(state).IsFinal => null,
        _ => CapAtDeadline(order, now.AddSeconds(FirstRetryDelaySeconds), now),
    };

    /// <summary>Time of the next check after one that found the order still stalled.</summary>
    public DateTime NextRetryAt(OrderState order, DateTime now) =>
        CapAtDeadline(order, now + RetryDelay(order.RetryCount, order.CorrelationId), now);

    /// <summary>
    /// Next check while the customer has not paid: at growing intervals, then when the gateway closes its page, then at the deadline.
    /// </summary>
    public DateTime NextPendingRetryAt(OrderState order, DateTime now)
    {
        var next = now + Max(TimeSpan.FromSeconds(PendingRetryDelaySeconds), now - order.CreatedAt);
        return now >= order.PayBefore ? Deadline(order) : next < order.PayBefore ? next : order.PayBefore;
    }

    DateTime CapAtDeadline(OrderState order, DateTime next, DateTime now) =>
        OrderLifecycle.Of(order.State).IsUnpaid && Deadline(order) is var end && end > now && end < next ? end : next;

    static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    /// <summary>Maximum time from an unanswered step to review.</summary>
    public TimeSpan MaxRetryTime => TimeSpan.FromSeconds(
        FirstRetryDelaySeconds + Enumerable.Range(1, MaxRetries).Sum(attempt => Delay(attempt, jitter: 0.2).TotalSeconds));

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        if (FirstRetryDelaySeconds is < 1 or > 3600)
            throw new InvalidOperationException("Orders:FirstRetryDelaySeconds must be 1 to 3600.");
        TimeToPay.Check(FirstRetryDelaySeconds);
        if (MaxRetryDelaySeconds < FirstRetryDelaySeconds || MaxRetries is < 1 or > 1000 || PendingRetryDelaySeconds < FirstRetryDelaySeconds)
            throw new InvalidOperationException(
                "Orders:MaxRetryDelaySeconds and PendingRetryDelaySeconds must not be less than FirstRetryDelaySeconds; MaxRetries must be 1 to 1000.");
        if (MaxRetryTime > TimeSpan.FromDays(1))
            throw new InvalidOperationException(
                "Orders:FirstRetryDelaySeconds, MaxRetryDelaySeconds and MaxRetries together leave an order stalled for over a day before review.");
        if (PaymentMarginSeconds is < 0 or > 3600)
            throw new InvalidOperationException("Orders:PaymentMarginSeconds must be 0 to 3600.");
        if (PlacementBatchSize is < 1 or > 500)
            throw new InvalidOperationException("Orders:PlacementBatchSize must be 1 to 500.");
        if (MaxOrdersInProgress < PlacementBatchSize)
            throw new InvalidOperationException("Orders:MaxOrdersInProgress must be at least PlacementBatchSize.");
        if (MaxOrdersInProgressPerMerchant < 1 || MaxOrdersInProgressPerMerchant > MaxOrdersInProgress)
            throw new InvalidOperationException("Orders:MaxOrdersInProgressPerMerchant must be 1 to MaxOrdersInProgress.");
        foreach (var (lane, max) in MaxOrdersInProgressByLane)
            if (!OrderLanes.All.Contains(lane) || max < 1)
                throw new InvalidOperationException(
                    $"Orders:MaxOrdersInProgressByLane:{lane} is invalid: use a lane ({string.Join(", ", OrderLanes.All)}) and a number from 1.");
        if (MaxFailedPlacementsPerSecond is < 1 or > 100_000)
            throw new InvalidOperationException("Orders:MaxFailedPlacementsPerSecond must be 1 to 100000.");
        if (MaxUnpaidOrdersPerMerchant < 1 || MaxUnpaidPiecesPerMerchant < 1)
            throw new InvalidOperationException("Orders:MaxUnpaidOrdersPerMerchant and MaxUnpaidPiecesPerMerchant must be at least 1.");
        if (IdempotencyKeyRetentionDays is not (0 or (>= 8 and <= 36_500)))
            throw new InvalidOperationException(
                "Orders:IdempotencyKeyRetentionDays must be 8 to 36500, or 0 to keep keys permanently: "
                + "callers repeat a request as long as an order may wait.");
        if (PersonalDataRetentionDays is not (0 or (>= 8 and <= 36_500)))
            throw new InvalidOperationException(
                "Orders:PersonalDataRetentionDays must be 8 to 36500, or 0 to keep the data permanently: webhooks about an order are repeated for days.");
        if (PlacementLingerMilliseconds is < 0 or > 1000)
            throw new InvalidOperationException("Orders:PlacementLingerMilliseconds must be 0 to 1000.");
    }
}
