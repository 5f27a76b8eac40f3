namespace Orders.Api.Webhooks;

/// <summary>Limits of the webhooks to merchants. Bound from the section <c>Webhooks</c>; checked at start.</summary>
sealed class WebhookSettings
{
    /// <summary>
    /// Delay after each failed attempt. Default: from five seconds to thirteen hours, three days in all. OrderSaga gives up when the attempt
    /// after the last delay has failed, too.
    /// </summary>
    public int[]? RetryDelaySeconds { get; set; }

    /// <summary>Timeout of one attempt, from the DNS look-up to the answer's headers.</summary>
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Maximum number of concurrent attempts in one process.</summary>
    public int MaxConcurrent { get; set; } = 64;

    /// <summary>Maximum number of concurrent attempts to one endpoint: a slow receiver must not use all slots.</summary>
    public int MaxConcurrentPerEndpoint { get; set; } = 8;

    /// <summary>
    /// Maximum number of concurrent attempts to one merchant's endpoints. Default: a quarter of MaxConcurrent, but at least twice
    /// MaxConcurrentPerEndpoint.
    /// </summary>
    public int? MaxConcurrentPerMerchant { get; set; }

    /// <summary>Interval between two polls for due deliveries. A finished delivery starts one at once if others may be waiting for its slot.</summary>
    public int SendIntervalMilliseconds { get; set; } = 500;

    /// <summary>How long a delivery is leased to one process; then another process may send it.</summary>
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Interval between two polls for new events.</summary>
    public int ReadIntervalMilliseconds { get; set; } = 1000;

    /// <summary>Audit rows read in one poll.</summary>
    public int ReadPageSize { get; set; } = 1000;

    /// <summary>How long the reader waits for a missing audit row. Must be longer than any transaction.</summary>
    public int GapTimeoutSeconds { get; set; } = 60;

    /// <summary>Time without a poll after which the reading process counts as dead and another process takes over.</summary>
    public int TakeoverTimeoutSeconds { get; set; } = 10;

    /// <summary>How long after a rotation the previous secret signs too.</summary>
    public int RotationHours { get; set; } = 24;

    /// <summary>How long the log keeps finished deliveries.</summary>
    public int RetentionDays { get; set; } = 30;

    /// <summary>Maximum number of endpoints of one merchant.</summary>
    public int MaxEndpoints { get; set; } = 10;

    /// <summary>
    /// Maximum number of pending deliveries of one endpoint. Further events are stored as Missed: the merchant can have them sent when its
    /// receiver works again. Each poll reads past the due deliveries of merchants without a free slot, about a millisecond for a thousand.
    /// </summary>
    public int MaxPendingPerEndpoint { get; set; } = 2_000;

    /// <summary>For development: allows http endpoints.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>For development: host names that may resolve to private addresses.</summary>
    public string[] PrivateHosts { get; set; } = [];

    public IReadOnlyList<int> Retries => RetryDelaySeconds ?? [5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 28_800, 43_200, 46_800, 46_800, 46_800];

    /// <summary>Minimum time from the first failed attempt to giving up.</summary>
    public TimeSpan TotalRetryTime => TimeSpan.FromSeconds(Retries.Sum(seconds => (long)seconds));

    public int MaxPerMerchant => MaxConcurrentPerMerchant ?? Math.Min(MaxConcurrent, Math.Max(2 * MaxConcurrentPerEndpoint, MaxConcurrent / 4));

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>Maximum delay of a delivery; a later due time comes from a wrong clock.</summary>
    public TimeSpan MaxDueAhead => TimeSpan.FromSeconds(2 * Math.Max(Retries.Max(), LeaseSeconds));

    public void Check()
    {
        Require(Retries.Count is >= 1 and <= 50 && Retries.All(seconds => seconds is >= 1 and <= 7 * 24 * 3600),
            "Webhooks:RetryDelaySeconds must be 1 to 50 delays of 1 s to 7 days");
        Require(TimeoutSeconds is >= 1 and <= 60, "Webhooks:TimeoutSeconds must be 1 to 60");
        Require(LeaseSeconds >= 2 * TimeoutSeconds, "Webhooks:LeaseSeconds must be at least twice TimeoutSeconds, or two processes send the same delivery");
        Require(MaxConcurrent is >= 1 and <= 1000 && MaxConcurrentPerEndpoint >= 1 && MaxConcurrentPerEndpoint <= MaxPerMerchant
            && MaxPerMerchant <= MaxConcurrent,
            "Webhooks:MaxConcurrent must be 1 to 1000, MaxConcurrentPerMerchant 1 to MaxConcurrent, MaxConcurrentPerEndpoint 1 to MaxConcurrentPerMerchant");
        Require(SendIntervalMilliseconds >= 10 && ReadIntervalMilliseconds >= 10,
            "Webhooks:SendIntervalMilliseconds and ReadIntervalMilliseconds must be at least 10");
        Require(ReadPageSize is >= 10 and <= 10_000, "Webhooks:ReadPageSize must be 10 to 10000");
        Require(GapTimeoutSeconds >= 1, "Webhooks:GapTimeoutSeconds must be at least 1");
        Require(TakeoverTimeoutSeconds * 1000 >= 2 * ReadIntervalMilliseconds,
            "Webhooks:TakeoverTimeoutSeconds must be at least twice ReadIntervalMilliseconds");
        Require(TimeSpan.FromDays(RetentionDays) > TotalRetryTime, "Webhooks:RetentionDays must be longer than the sum of RetryDelaySeconds");
        Require(RotationHours is >= 1 and <= 720 && RetentionDays is >= 4 and <= 36_500 && MaxEndpoints is >= 1 and <= 1000,
            "Webhooks:RotationHours must be 1 to 720, RetentionDays 4 to 36500, MaxEndpoints 1 to 1000");
        Require(MaxPendingPerEndpoint is >= 1 and <= 1_000_000, "Webhooks:MaxPendingPerEndpoint must be 1 to 1000000");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
