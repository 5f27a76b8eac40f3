namespace Orders.Api.Webhooks;

/// <summary>Webhooks to merchants. Section <c>Webhooks</c>; checked at start.</summary>
sealed class WebhookSettings
{
    /// <summary>
    /// Pauses after each failed send. Without it: from five seconds to thirteen hours, three days in all. Then the delivery is given up.
    /// </summary>
    public int[]? RetrySeconds { get; set; }

    /// <summary>How long one send may take, from the look-up of the name to the headers of the answer.</summary>
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Sends in progress at once in one process.</summary>
    public int Concurrent { get; set; } = 32;

    /// <summary>Sends in progress at once to one endpoint: a slow receiver must not take them all.</summary>
    public int ConcurrentPerEndpoint { get; set; } = 4;

    /// <summary>
    /// Sends in progress at once to all endpoints of one merchant. Without it: a quarter of Concurrent, or twice ConcurrentPerEndpoint if
    /// that is more.
    /// </summary>
    public int? ConcurrentPerMerchant { get; set; }

    /// <summary>Between two polls for due deliveries.</summary>
    public int SendMilliseconds { get; set; } = 500;

    /// <summary>How long a process has a delivery to itself; then another sends it.</summary>
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Between two polls for new events.</summary>
    public int ReadMilliseconds { get; set; } = 1000;

    /// <summary>Audit rows read at once.</summary>
    public int ReadPage { get; set; } = 1000;

    /// <summary>How long the reader waits for an audit row that is missing between others: longer than any transaction lasts.</summary>
    public int SettleSeconds { get; set; } = 60;

    /// <summary>Without a poll for this long the reading process counts as dead, and another continues.</summary>
    public int TakeOverSeconds { get; set; } = 10;

    /// <summary>How long the old secret signs beside a new one.</summary>
    public int RotationHours { get; set; } = 24;

    /// <summary>How long the log keeps finished deliveries.</summary>
    public int KeepDays { get; set; } = 30;

    /// <summary>Endpoints of one merchant, at most.</summary>
    public int MostEndpoints { get; set; } = 10;

    /// <summary>For development: endpoints may be http.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>For development: names of hosts that may have private addresses.</summary>
    public string[] PrivateHosts { get; set; } = [];

    public IReadOnlyList<int> Retries => RetrySeconds ?? [5, 30, 120, 600, 1800, 3600, 10_800, 21_600, 28_800, 43_200, 46_800, 46_800, 46_800];

    /// <summary>From the first failed sending to giving up, at the least.</summary>
    public TimeSpan GivesUpAfter => TimeSpan.FromSeconds(Retries.Sum(seconds => (long)seconds));

    public int MerchantShare => ConcurrentPerMerchant ?? Math.Min(Concurrent, Math.Max(2 * ConcurrentPerEndpoint, Concurrent / 4));

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>No delivery is meant to be due later; one that is was put off by a clock that was wrong.</summary>
    public TimeSpan Furthest => TimeSpan.FromSeconds(2 * Math.Max(Retries.Max(), LeaseSeconds));

    public void Check()
    {
        Require(Retries.Count is >= 1 and <= 50 && Retries.All(seconds => seconds is >= 1 and <= 7 * 24 * 3600),
            "Webhooks:RetrySeconds must be 1 to 50 pauses of 1 s to 7 days");
        Require(TimeoutSeconds is >= 1 and <= 60, "Webhooks:TimeoutSeconds must be 1 to 60");
        Require(LeaseSeconds >= 2 * TimeoutSeconds, "Webhooks:LeaseSeconds must be at least twice TimeoutSeconds, or two processes send the same");
        Require(Concurrent is >= 1 and <= 1000 && ConcurrentPerEndpoint >= 1 && ConcurrentPerEndpoint <= MerchantShare && MerchantShare <= Concurrent,
            "Webhooks:Concurrent must be 1 to 1000, ConcurrentPerMerchant 1 to Concurrent, ConcurrentPerEndpoint 1 to ConcurrentPerMerchant");
        Require(SendMilliseconds >= 10 && ReadMilliseconds >= 10, "Webhooks:SendMilliseconds and ReadMilliseconds must be at least 10");
        Require(ReadPage is >= 10 and <= 10_000, "Webhooks:ReadPage must be 10 to 10000");
        Require(SettleSeconds >= 1, "Webhooks:SettleSeconds must be at least 1");
        Require(TakeOverSeconds * 1000 >= 2 * ReadMilliseconds, "Webhooks:TakeOverSeconds must be at least twice ReadMilliseconds");
        Require(TimeSpan.FromDays(KeepDays) > GivesUpAfter, "Webhooks:KeepDays must be longer than all pauses of RetrySeconds together");
        Require(RotationHours is >= 1 and <= 720 && KeepDays is >= 4 and <= 36_500 && MostEndpoints is >= 1 and <= 1000,
            "Webhooks:RotationHours must be 1 to 720, KeepDays 4 to 36500, MostEndpoints 1 to 1000");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
