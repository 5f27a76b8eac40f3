namespace Orders.Api.Webhooks;

/// <summary>Limits of the webhooks to merchants. Bound from the section <c>Webhooks</c>; checked at start.</summary>
sealed class WebhookSettings
{
    /// <summary>
    /// Delays after each failed attempt; default: from five seconds to thirteen hours, three days in all. Then the delivery is
    /// given up.
    /// </summary>
    public int[]? RetrySeconds { get; set; }

    /// <summary>Timeout of one attempt, from the DNS look-up to the answer's headers.</summary>
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Maximum number of concurrent attempts in one process.</summary>
    public int Concurrent { get; set; } = 32;

    /// <summary>Maximum number of concurrent attempts to one endpoint: a slow receiver must not use all slots.</summary>
    public int ConcurrentPerEndpoint { get; set; } = 4;

    /// <summary>
    /// Maximum number of concurrent attempts to one merchant's endpoints; default: a quarter of Concurrent, at least two endpoints' worth.
    /// </summary>
    public int? ConcurrentPerMerchant { get; set; }

    /// <summary>Interval between two polls for due deliveries.</summary>
    public int SendMilliseconds { get; set; } = 500;

    /// <summary>How long a process holds a delivery; then another process may send it.</summary>
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Interval between two polls for new events.</summary>
    public int ReadMilliseconds { get; set; } = 1000;

    /// <summary>Audit rows read in one poll.</summary>
    public int ReadPage { get; set; } = 1000;

    /// <summary>How long the reader waits for a missing audit row: longer than any transaction lasts.</summary>
    public int SettleSeconds { get; set; } = 60;

    /// <summary>After this time without a poll a reader counts as dead and another process takes over.</summary>
    public int TakeOverSeconds { get; set; } = 10;

    /// <summary>How long the previous secret signs beside a new one.</summary>
    public int RotationHours { get; set; } = 24;

    /// <summary>How long the log keeps finished deliveries.</summary>
    public int KeepDays { get; set; } = 30;

    /// <summary>Maximum number of endpoints of one merchant.</summary>
    public int MostEndpoints { get; set; } = 10;

    /// <summary>For development: allows http endpoints.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>For development: host names that may resolve to private addresses.</summary>
    public string[] PrivateHosts { get; set; } = [];

    public IReadOnlyList<int> Retries => RetrySeconds ?? [5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 28_800, 43_200, 46_800, 46_800, 46_800];

    /// <summary>Minimum time from the first failed attempt to giving up.</summary>
    public TimeSpan GivesUpAfter => TimeSpan.FromSeconds(Retries.Sum(seconds => (long)seconds));

    public int MerchantShare => ConcurrentPerMerchant ?? Math.Min(Concurrent, Math.Max(2 * ConcurrentPerEndpoint, Concurrent / 4));

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>Maximum delay of a delivery; a later due time comes from a wrong clock.</summary>
    public TimeSpan Furthest => TimeSpan.FromSeconds(2 * Math.Max(Retries.Max(), LeaseSeconds));

    public void Check()
    {
        Require(Retries.Count is >= 1 and <= 50 && Retries.All(seconds => seconds is >= 1 and <= 7 * 24 * 3600),
            "Webhooks:RetrySeconds must be 1 to 50 delays of 1 s to 7 days");
        Require(TimeoutSeconds is >= 1 and <= 60, "Webhooks:TimeoutSeconds must be 1 to 60");
        Require(LeaseSeconds >= 2 * TimeoutSeconds, "Webhooks:LeaseSeconds must be at least twice TimeoutSeconds, or two processes send the same delivery");
        Require(Concurrent is >= 1 and <= 1000 && ConcurrentPerEndpoint >= 1 && ConcurrentPerEndpoint <= MerchantShare && MerchantShare <= Concurrent,
            "Webhooks:Concurrent must be 1 to 1000, ConcurrentPerMerchant 1 to Concurrent, ConcurrentPerEndpoint 1 to ConcurrentPerMerchant");
        Require(SendMilliseconds >= 10 && ReadMilliseconds >= 10, "Webhooks:SendMilliseconds and ReadMilliseconds must be at least 10");
        Require(ReadPage is >= 10 and <= 10_000, "Webhooks:ReadPage must be 10 to 10000");
        Require(SettleSeconds >= 1, "Webhooks:SettleSeconds must be at least 1");
        Require(TakeOverSeconds * 1000 >= 2 * ReadMilliseconds, "Webhooks:TakeOverSeconds must be at least twice ReadMilliseconds");
        Require(TimeSpan.FromDays(KeepDays) > GivesUpAfter, "Webhooks:KeepDays must be longer than the sum of RetrySeconds");
        Require(RotationHours is >= 1 and <= 720 && KeepDays is >= 4 and <= 36_500 && MostEndpoints is >= 1 and <= 1000,
            "Webhooks:RotationHours must be 1 to 720, KeepDays 4 to 36500, MostEndpoints 1 to 1000");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
