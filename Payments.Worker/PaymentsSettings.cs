namespace OrderSaga.Payments;

/// <summary>Every bound of the payment participant, with its unit. Section <c>Payments</c>; checked at start.</summary>
sealed class PaymentsSettings
{
    /// <summary>From the end of the time to pay until the gateway knows that it has closed its page.</summary>
    static readonly TimeSpan PageCloses = TimeSpan.FromSeconds(2);

    /// <summary>How long one call to the gateway may take, milliseconds.</summary>
    public int CallTimeoutMilliseconds { get; set; } = 3000;

    /// <summary>Calls under way at once.</summary>
    public int ConcurrentCalls { get; set; } = 64;

    /// <summary>Calls that wait in memory; what does not fit is taken by the sweeper later.</summary>
    public int WaitingCalls { get; set; } = 4096;

    /// <summary>Answers committed in one transaction, at most.</summary>
    public int AnswerBatch { get; set; } = 64;

    /// <summary>How long a batch of answers waits for more after one that held several, milliseconds.</summary>
    public int AnswerGatherMilliseconds { get; set; } = 3;

    /// <summary>How long a process has an attempt to itself before a sweeper takes it, seconds.</summary>
    public int LeaseSeconds { get; set; } = 10;

    /// <summary>Between two looks of the sweeper, milliseconds.</summary>
    public int SweepMilliseconds { get; set; } = 1000;

    /// <summary>Attempts that one look claims, in one transaction.</summary>
    public int SweepPage { get; set; } = 100;

    /// <summary>Until an attempt without an answer is asked about: at first, milliseconds; doubled each time.</summary>
    public int BackOffMilliseconds { get; set; } = 500;

    /// <summary>
    /// The longest back-off, seconds. An attempt is never given up: money may be held. Short, because an order must end within 30 s of the
    /// return of a gateway that was away, and it may have to wait twice; the breaker spares a gateway that is away.
    /// </summary>
    public int BackOffMaxSeconds { get; set; } = 5;

    /// <summary>Between two questions about a hosted payment whose webhook has not come, seconds.</summary>
    public int PendingSeconds { get; set; } = 10;

    /// <summary>
    /// For how long a hosted payment that was not made is asked about, hours, ever more seldom: a gateway may book one that it had given up, and its
    /// webhook may be lost. 0: never.
    /// </summary>
    public int WatchHours { get; set; } = 24;

    /// <summary>The breaker opens when this share of calls had no answer ...</summary>
    public double BreakerRatio { get; set; } = 0.5;

    /// <summary>... among at least this many ...</summary>
    public int BreakerCalls { get; set; } = 20;

    /// <summary>... within this time, seconds ...</summary>
    public int BreakerWindowSeconds { get; set; } = 10;

    /// <summary>... and stays open this long, seconds.</summary>
    public int BreakerOpenSeconds { get; set; } = 5;

    /// <summary>How old, or how far ahead, a webhook may be, seconds.</summary>
    public int WebhookWindowSeconds { get; set; } = 300;

    /// <summary>When a customer who has yet to pay is asked about next; also right after the page has closed, to hear soon of the last second.</summary>
    public DateTime AskPendingAt(DateTime? payBefore, DateTime now)
    {
        var next = now.AddSeconds(PendingSeconds);
        return payBefore + PageCloses is { } closed && closed > now && closed < next ? closed : next;
    }

    /// <summary>When a hosted payment that was not made is asked about next: at twice its age; null when it has been watched for long enough.</summary>
    public DateTime? WatchAt(DateTime since, DateTime now)
    {
        var age = now - since;
        return age > TimeSpan.FromHours(WatchHours) ? null : now + (age.TotalSeconds > PendingSeconds ? age : TimeSpan.FromSeconds(PendingSeconds));
    }

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);
    public TimeSpan CallTimeout => TimeSpan.FromMilliseconds(CallTimeoutMilliseconds);

    /// <summary>No due time is meant to be further away; one that is comes from a clock that was wrong.</summary>
    public TimeSpan Furthest => TimeSpan.FromSeconds(2 * Math.Max(Math.Max(LeaseSeconds, BackOffMaxSeconds), PendingSeconds));

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
        Require(WatchHours is >= 0 and <= 168, "Payments:WatchHours must be 0 to 168");
        Require(BreakerRatio is > 0 and <= 1 && BreakerCalls >= 2, "Payments:BreakerRatio must be above 0 and at most 1, BreakerCalls at least 2");
        Require(BreakerWindowSeconds >= 1 && BreakerOpenSeconds >= 1, "Payments:BreakerWindowSeconds and BreakerOpenSeconds must be at least 1");
        Require(WebhookWindowSeconds is >= 30 and <= 3600, "Payments:WebhookWindowSeconds must be 30 to 3600");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
