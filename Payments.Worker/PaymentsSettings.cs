namespace OrderSaga.Payments;

/// <summary>Every bound of the payment participant, with its unit. Section <c>Payments</c>; checked at start.</summary>
sealed class PaymentsSettings
{
    /// <summary>From the end of the time to pay until the gateway knows that it has closed its page.</summary>
    static readonly TimeSpan PageCloses = TimeSpan.FromSeconds(2);

    /// <summary>How long one call to the gateway may take.</summary>
    public int CallTimeoutMilliseconds { get; set; } = 3000;

    /// <summary>Calls in progress at once.</summary>
    public int ConcurrentCalls { get; set; } = 64;

    /// <summary>Calls that wait in memory; the sweeper makes the others later.</summary>
    public int WaitingCalls { get; set; } = 4096;

    /// <summary>Answers committed in one transaction, at most.</summary>
    public int AnswerBatch { get; set; } = 64;

    /// <summary>How long a batch of answers waits for more after one that held several.</summary>
    public int AnswerGatherMilliseconds { get; set; } = 3;

    /// <summary>How long a process has an attempt to itself before a sweeper takes it.</summary>
    public int LeaseSeconds { get; set; } = 7;

    /// <summary>Between two polls of the sweeper.</summary>
    public int SweepMilliseconds { get; set; } = 1000;

    /// <summary>Attempts that one poll claims, in one transaction.</summary>
    public int SweepPage { get; set; } = 100;

    /// <summary>Until the gateway is asked about an attempt without an answer; doubled each time.</summary>
    public int BackOffMilliseconds { get; set; } = 500;

    /// <summary>
    /// The longest back-off. An attempt is never given up: money may be held. It is short, because an order must end within 30 s of the
    /// return of the gateway, and may have to wait twice. The breaker spares an unavailable gateway.
    /// </summary>
    public int BackOffMaxSeconds { get; set; } = 5;

    /// <summary>
    /// Until the gateway is asked about a hosted payment whose webhook has not come; then at three times its age each, and right after its
    /// page has closed.
    /// </summary>
    public int PendingSeconds { get; set; } = 10;

    /// <summary>Questions about payments that wait for their customers, at most. Calls that move money do not wait for them.</summary>
    public int PollsPerSecond { get; set; } = 100;

    /// <summary>Such questions in progress at once.</summary>
    public int ConcurrentPolls { get; set; } = 8;

    /// <summary>
    /// How long after the time to pay the capture of a payment that was made in time may still be sent; then it is refused, and the
    /// authorization is voided. More than <c>Orders:PayMarginSeconds</c>, within which a payment of the last second still counts.
    /// </summary>
    public int CaptureMarginSeconds { get; set; } = 20;

    /// <summary>
    /// How long after the time to pay the gateway is asked about a payment that was not made, in growing intervals: it may book one late,
    /// and its webhook may be lost. 0: never.
    /// </summary>
    public int WatchHours { get; set; } = 24;

    /// <summary>Share of calls without an answer at which the breaker opens.</summary>
    public double BreakerRatio { get; set; } = 0.5;

    /// <summary>Calls within the window below which the breaker does not open.</summary>
    public int BreakerCalls { get; set; } = 20;

    /// <summary>The window in which the breaker counts.</summary>
    public int BreakerWindowSeconds { get; set; } = 10;

    /// <summary>How long the breaker stays open.</summary>
    public int BreakerOpenSeconds { get; set; } = 2;

    /// <summary>How old, or how far ahead, a webhook may be.</summary>
    public int WebhookWindowSeconds { get; set; } = 300;

    /// <summary>How long a webhook of the gateway is kept; 0: permanently. Longer than the gateway repeats one.</summary>
    public int KeepWebhookDays { get; set; } = 90;

    /// <summary>When a customer who has yet to pay is asked about next; also right after the page has closed, to hear soon of the last second.</summary>
    public DateTime AskPendingAt(DateTime? payBefore, DateTime since, DateTime now)
    {
        var closed = payBefore + PageCloses;
        var next = now.AddSeconds(closed <= now ? PendingSeconds : Math.Max(PendingSeconds, 2 * (now - since).TotalSeconds));
        return closed > now && closed < next ? closed.Value : next;
    }

    /// <summary>When a page has closed so long ago that its gateway knows how the payment ended.</summary>
    public static DateTime ClosedBy(DateTime now) => now - PageCloses;

    /// <summary>
    /// When a payment that was not made is asked about next: first when its time to pay is over, then at six times the age since then, and at the end of
    /// the watch; null after that.
    /// </summary>
    public DateTime? WatchAt(DateTime payBefore, DateTime now)
    {
        var end = payBefore.AddHours(WatchHours);
        var from = payBefore > now ? payBefore : now;
        var next = from.AddSeconds(Math.Max(PendingSeconds, 5 * (from - payBefore).TotalSeconds));
        return now >= end ? null : next < end ? next : end;
    }

    /// <summary>The last moment at which the operation may be sent; none for a void or a refund.</summary>
    public DateTime? SendBefore(Operation operation, DateTime? payBefore) => operation switch
    {
        Operation.Authorize => payBefore,
        Operation.Capture => payBefore?.AddSeconds(CaptureMarginSeconds),
        _ => null,
    };

    /// <summary>Of one look of the sweeper.</summary>
    public int PollPage => (int)Math.Clamp((long)PollsPerSecond * SweepMilliseconds / 1000, 1, WaitingCalls);

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
    public TimeSpan CallTimeout => TimeSpan.FromMilliseconds(CallTimeoutMilliseconds);

    /// <summary>No call is meant to be due further away; one that is comes from a clock that was wrong.</summary>
    public TimeSpan Furthest => TimeSpan.FromSeconds(2 * Math.Max(LeaseSeconds, BackOffMaxSeconds));

    /// <summary>Half to whole of the doubled time; the jitter comes from the order's id, so that a crowd spreads and a test repeats.</summary>
    public TimeSpan BackOff(int attempts, Guid orderId)
    {
        var whole = Math.Min(BackOffMilliseconds * Math.Pow(2, Math.Clamp(attempts - 1, 0, 20)), BackOffMaxSeconds * 1000.0);
        return TimeSpan.FromMilliseconds(whole * (0.5 + orderId.ToByteArray()[15] / 512.0));
    }

    public void Check()
    {
        Require(CallTimeoutMilliseconds is >= 10 and <= 60_000, "Payments:CallTimeoutMilliseconds must be 10 to 60000");
        Require(ConcurrentCalls is >= 1 and <= 1000, "Payments:ConcurrentCalls must be 1 to 1000");
        Require(WaitingCalls >= ConcurrentCalls, "Payments:WaitingCalls must be at least ConcurrentCalls");
        Require(AnswerBatch is >= 1 and <= 1000, "Payments:AnswerBatch must be 1 to 1000");
        Require(AnswerGatherMilliseconds is >= 0 and <= 1000, "Payments:AnswerGatherMilliseconds must be 0 to 1000");
        Require(LeaseSeconds * 1000 >= 2 * CallTimeoutMilliseconds,
            "Payments:LeaseSeconds must be at least twice CallTimeoutMilliseconds, or the sweeper asks about calls under way");
        Require(SweepMilliseconds >= 10 && SweepPage is >= 1 and <= 1000, "Payments:SweepMilliseconds must be at least 10, SweepPage 1 to 1000");
        Require(BackOffMilliseconds >= 10 && BackOffMaxSeconds is >= 1 and <= 120,
            "Payments:BackOffMilliseconds must be at least 10, BackOffMaxSeconds 1 to 120");
        Require(PendingSeconds >= 1, "Payments:PendingSeconds must be at least 1");
        Require(PollsPerSecond is >= 1 and <= 10_000 && ConcurrentPolls is >= 1 and <= 1000,
            "Payments:PollsPerSecond must be 1 to 10000, ConcurrentPolls 1 to 1000");
        Require(CaptureMarginSeconds is >= 1 and <= 7200, "Payments:CaptureMarginSeconds must be 1 to 7200");
        Require(WatchHours is >= 0 and <= 168, "Payments:WatchHours must be 0 to 168");
        Require(BreakerRatio is > 0 and <= 1 && BreakerCalls >= 2, "Payments:BreakerRatio must be above 0 and at most 1, BreakerCalls at least 2");
        Require(BreakerWindowSeconds >= 1 && BreakerOpenSeconds >= 1, "Payments:BreakerWindowSeconds and BreakerOpenSeconds must be at least 1");
        Require(KeepWebhookDays is 0 or (>= 8 and <= 36_500), "Payments:KeepWebhookDays must be 8 to 36500, or 0 to keep webhooks permanently");
        Require(WebhookWindowSeconds is >= 30 and <= 3600, "Payments:WebhookWindowSeconds must be 30 to 3600");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
