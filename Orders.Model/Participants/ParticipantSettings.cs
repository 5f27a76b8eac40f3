namespace Orders.Model.Participants;

/// <summary>Queries to participants. Bound from the section <c>Participants</c>; checked at start.</summary>
public sealed class ParticipantSettings
{
    /// <summary>
    /// Base address of Inventory.Worker; several processes of it separated by commas. Without it the timeline has no stock steps and says so, and
    /// recovery repeats commands without a query first.
    /// </summary>
    public string? StockUrl { get; set; }

    /// <summary>Base address of Payments.Worker; several separated by commas.</summary>
    public string? PaymentUrl { get; set; }

    /// <summary>Base address of Reconciler.Job, for its cases and repairs; several separated by commas.</summary>
    public string? CaseUrl { get; set; }

    /// <summary>This service's own API key with the role <c>query</c>; the participants store its hash.</summary>
    public string? Key { get; set; }

    /// <summary>
    /// Timeout of one participant query. With several addresses each attempt has half of it: a query that fails is repeated once at another
    /// address, at most one query in ten.
    /// </summary>
    public int TimeoutMilliseconds { get; set; } = 1000;

    /// <summary>The circuit breaker opens when at least this share of calls failed.</summary>
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>Minimum number of calls before the breaker can open.</summary>
    public int BreakerMinimumThroughput { get; set; } = 5;

    /// <summary>Period over which the breaker counts calls.</summary>
    public int BreakerSamplingSeconds { get; set; } = 10;

    /// <summary>How long the breaker stays open.</summary>
    public int BreakerOpenSeconds { get; set; } = 5;

    public void Check()
    {
        foreach (var (name, url) in new[] { (nameof(StockUrl), StockUrl), (nameof(PaymentUrl), PaymentUrl), (nameof(CaseUrl), CaseUrl) })
        {
            Require(url is null || (AddressesOf(url) is { Length: > 0 } addresses && addresses.All(IsAddress)),
                $"Participants:{name} must be an absolute http or https URL, or several separated by commas");
            Require(url is null || !string.IsNullOrWhiteSpace(Key),
                $"Set Participants:Key (environment: Participants__Key); Participants:{name} needs it. Create a key with create-api-key --roles query");
        }

        Require(TimeoutMilliseconds is >= 10 and <= 30_000, "Participants:TimeoutMilliseconds must be 10 to 30000");
        Require(BreakerFailureRatio is > 0 and <= 1 && BreakerMinimumThroughput >= 2,
            "Participants:BreakerFailureRatio must be above 0 and at most 1, BreakerMinimumThroughput at least 2");
        Require(BreakerSamplingSeconds >= 1 && BreakerOpenSeconds >= 1, "Participants:BreakerSamplingSeconds and BreakerOpenSeconds must be at least 1");
    }

    internal static string[] AddressesOf(string? urls) =>
        urls?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    static bool IsAddress(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
