namespace OrderSaga.Payments;

/// <summary>Limits of the payment participant. Bound from the section <c>Payments</c>; checked at start.</summary>
sealed class PaymentsSettings
{
    /// <summary>The gateway has closed the payment page at most this long after the time to pay.</summary>
    static readonly TimeSpan PageCloseDelay = TimeSpan.FromSeconds(2);

    /// <summary>Timeout of one gateway call.</summary>
    public int CallTimeoutMilliseconds { get; set; } = 3000;

    /// <summary>
    /// Maximum number of concurrent gateway calls in each lane of a process. Queries about waiting payments are extra: MaxConcurrentPolls.
    /// </summary>
    public int MaxConcurrentCalls { get; set; } = 64;

    /// <summary>
    /// Maximum number of concurrent gateway calls of one merchant in each lane of a process, so that its hanging calls alone cannot take all.
    /// Default: four fifths of MaxConcurrentCalls.
    /// </summary>
    public int? MaxConcurrentCallsPerMerchant { get; set; }

    /// <summary>
    /// Maximum number of gateway calls that wait in memory in one lane; a merchant has the same limit in each lane. The sweeper queues the others
    /// later. Queries about waiting payments have a separate limit of the same size.
    /// </summary>
    public int MaxQueuedCalls { get; set; } = 4096;

    /// <summary>Maximum number of answers committed in one transaction.</summary>
    public int AnswerBatchSize { get; set; } = 64;

    /// <summary>How long the next batch of answers waits for more, if the last batch had several.</summary>
    public int AnswerLingerMilliseconds { get; set; } = 3;

    /// <summary>How long an attempt is leased to one process; then a sweeper may lease it.</summary>
    public int LeaseSeconds { get; set; } = 7;

    /// <summary>Interval between two sweeps.</summary>
    public int SweepIntervalMilliseconds { get; set; } = 1000;

    /// <summary>Maximum number of attempts claimed in one transaction; a sweep runs as many transactions as needed.</summary>
    public int SweepPageSize { get; set; } = 100;

    /// <summary>First delay before an unanswered attempt is queried; doubled each time.</summary>
    public int RetryDelayMilliseconds { get; set; } = 500;

    /// <summary>
    /// Maximum delay between two queries about an unanswered attempt; the queries never stop, because money may be held. Keep it short: when
    /// the gateway is available again, an order may need two such delays and should finish within 30 s.
    /// </summary>
    public int MaxRetryDelaySeconds { get; set; } = 5;

    /// <summary>
    /// Delay before the first query about a hosted payment without a webhook. While its page is open, each later query comes when the
    /// payment is three times as old as at the last one; one more comes right after the page has closed.
    /// </summary>
    public int PendingPollDelaySeconds { get; set; } = 10;

    /// <summary>
    /// Maximum number of queries about waiting payments per second. Calls that move money do not count, nor does the one query when a
    /// payment's page has closed.
    /// </summary>
    public int MaxPollsPerSecond { get; set; } = 100;

    /// <summary>Maximum number of concurrent queries about waiting payments in each lane of a process.</summary>
    public int MaxConcurrentPolls { get; set; } = 8;

    /// <summary>
    /// How long after the time to pay a capture may still be sent. Later the capture is refused and the authorization voided. Must
    /// be more than Orders:PaymentMarginSeconds: a payment accepted in that margin must still be captured.
    /// </summary>
    public int CaptureMarginSeconds { get; set; } = 20;

    /// <summary>
    /// How long after the time to pay the gateway is still queried about an unpaid payment, at growing intervals; 0: never. A gateway may
    /// report a payment after it has reported a decline, and its webhook may be lost.
    /// </summary>
    public int DeclinedPollHours { get; set; } = 24;

    /// <summary>The circuit breaker opens when at least this share of calls had no answer.</summary>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Minimum number of calls before the breaker can open.</summary>
    public int BreakerMinimumThroughput { get; set; } = 20;

    /// <summary>Period over which the breaker counts calls.</summary>
    public int BreakerSamplingSeconds { get; set; } = 10;

    /// <summary>How long the breaker stays open.</summary>
    public int BreakerOpenSeconds { get; set; } = 2;

    /// <summary>Maximum age of a webhook, and how far its time may be ahead.</summary>
    public int WebhookToleranceSeconds { get; set; } = 300;

    /// <summary>How long a gateway webhook is kept; 0: permanently. Must be longer than the time for which the gateway repeats webhooks.</summary>
    public int WebhookRetentionDays { get; set; } = 90;

    /// <summary>Time of the next query about an unpaid payment: right after the page closes, if that comes before the usual interval.</summary>
    public DateTime NextPendingPollAt(DateTime? payBefore, DateTime since, DateTime now)
    {
        var closed = payBefore + PageCloseDelay;
        var next = now.AddSeconds(closed <= now ? PendingPollDelaySeconds : Math.Max(PendingPollDelaySeconds, 2 * (now - since).TotalSeconds));
        return closed > now && closed < next ? closed.Value : next;
    }

    /// <summary>The gateway has closed the pages whose time to pay ended before this.</summary>
    public static DateTime ClosedBy(DateTime now) => now - PageCloseDelay;

    /// <summary>
    /// Time of the next query about a payment that was not made. The first is <see cref="PendingPollDelaySeconds"/> after the time to pay. At each
    /// later one the time since then is six times that at the query before, and <see cref="PendingPollDelaySeconds"/> is the shortest interval.
    /// The last one is <see cref="DeclinedPollHours"/> after the time to pay; null after it.
    /// </summary>
    public DateTime? NextDeclinedPollAt(DateTime payBefore, DateTime now)
    {
        if (DeclinedPollHours == 0)
            return null;
        var end = payBefore.AddHours(DeclinedPollHours);
        var from = payBefore > now ? payBefore : now;
        var next = from.AddSeconds(Math.Max(PendingPollDelaySeconds, 5 * (from - payBefore).TotalSeconds));
        return now >= end ? null : next < end ? next : end;
    }

    /// <summary>Latest time to send the operation; null for a void or a refund.</summary>
    public DateTime? SendBefore(Operation operation, DateTime? payBefore) => operation switch
    {
        Operation.Authorize => payBefore,
        Operation.Capture => payBefore?.AddSeconds(CaptureMarginSeconds),
        _ => null,
    };

    /// <summary>Maximum number of queries about waiting payments in one sweep.</summary>
    public int MaxPollsPerSweep => (int)Math.Clamp((long)MaxPollsPerSecond * SweepIntervalMilliseconds / 1000, 1, MaxQueuedCalls);

    /// <summary><see cref="MaxConcurrentCallsPerMerchant"/>, or its default.</summary>
    public int CallsOfMerchant => MaxConcurrentCallsPerMerchant ?? FourFifths(MaxConcurrentCalls);

    /// <summary>Concurrent queries about waiting payments of one merchant.</summary>
    public int PollsOfMerchant => FourFifths(MaxConcurrentPolls);

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
    public TimeSpan CallTimeout => TimeSpan.FromMilliseconds(CallTimeoutMilliseconds);

    /// <summary>Maximum delay of a call; a later due time comes from a wrong clock.</summary>
    public TimeSpan MaxDueAhead => TimeSpan.FromSeconds(2 * Math.Max(LeaseSeconds, MaxRetryDelaySeconds));

    /// <summary>Half to all of the doubled delay. The jitter comes from the order's id: load is spread, and a test gets the same delays in each run.</summary>
    public TimeSpan RetryDelay(int attempts, Guid orderId)
    {
        var whole = Math.Min(RetryDelayMilliseconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20)), MaxRetryDelaySeconds * 1000.0);
        return TimeSpan.FromMilliseconds(whole * (0.5 + orderId.ToByteArray()[15] / 512.0));
    }

    public void Check()
    {
        Require(CallTimeoutMilliseconds is >= 10 and <= 60_000, "Payments:CallTimeoutMilliseconds must be 10 to 60000");
        Require(MaxConcurrentCalls is >= 1 and <= 1000, "Payments:MaxConcurrentCalls must be 1 to 1000");
        if (MaxConcurrentCallsPerMerchant < 1 || MaxConcurrentCallsPerMerchant > MaxConcurrentCalls)
            throw new InvalidOperationException("Payments:MaxConcurrentCallsPerMerchant must be 1 to MaxConcurrentCalls");
        Require(MaxQueuedCalls >= MaxConcurrentCalls, "Payments:MaxQueuedCalls must be at least MaxConcurrentCalls");
        Require(AnswerBatchSize is >= 1 and <= 1000, "Payments:AnswerBatchSize must be 1 to 1000");
        Require(AnswerLingerMilliseconds is >= 0 and <= 1000, "Payments:AnswerLingerMilliseconds must be 0 to 1000");
        Require(LeaseSeconds * 1000 >= 2 * CallTimeoutMilliseconds,
            "Payments:LeaseSeconds must be at least twice CallTimeoutMilliseconds, or the sweeper queries calls in progress");
        Require(SweepIntervalMilliseconds >= 10 && SweepPageSize is >= 1 and <= 1000,
            "Payments:SweepIntervalMilliseconds must be at least 10, SweepPageSize 1 to 1000");
        Require(RetryDelayMilliseconds >= 10 && MaxRetryDelaySeconds is >= 1 and <= 120,
            "Payments:RetryDelayMilliseconds must be at least 10, MaxRetryDelaySeconds 1 to 120");
        Require(PendingPollDelaySeconds >= 1, "Payments:PendingPollDelaySeconds must be at least 1");
        Require(MaxPollsPerSecond is >= 1 and <= 10_000 && MaxConcurrentPolls is >= 1 and <= 1000,
            "Payments:MaxPollsPerSecond must be 1 to 10000, MaxConcurrentPolls 1 to 1000");
        Require(CaptureMarginSeconds is >= 1 and <= 7200, "Payments:CaptureMarginSeconds must be 1 to 7200");
        Require(DeclinedPollHours is >= 0 and <= 168, "Payments:DeclinedPollHours must be 0 to 168");
        Require(BreakerFailureRatio is > 0 and <= 1 && BreakerMinimumThroughput >= 2,
            "Payments:BreakerFailureRatio must be above 0 and at most 1, BreakerMinimumThroughput at least 2");
        Require(BreakerSamplingSeconds >= 1 && BreakerOpenSeconds >= 1, "Payments:BreakerSamplingSeconds and BreakerOpenSeconds must be at least 1");
        Require(WebhookRetentionDays is 0 or (>= 8 and <= 36_500), "Payments:WebhookRetentionDays must be 8 to 36500, or 0 to keep webhooks permanently");
        Require(WebhookToleranceSeconds is >= 30 and <= 3600, "Payments:WebhookToleranceSeconds must be 30 to 3600");
    }

    static int FourFifths(int all) => Math.Max(1, (int)(all * 4L / 5));

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
