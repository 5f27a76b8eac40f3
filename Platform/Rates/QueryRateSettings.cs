namespace OrderSaga.Platform.Rates;

/// <summary>
/// How often callers may send queries (lists, histories, timelines, reports); more are refused (429). Bound from the section <c>Rates:Query</c>;
/// checked at start.
/// </summary>
public sealed class QueryRateSettings
{
    /// <summary>Average number of queries of one API key, per second; 0: no limit. A key can have a rate of its own.</summary>
    public int KeyPerSecond { get; set; } = 50;

    /// <summary>Maximum burst of one API key. Default: twice KeyPerSecond.</summary>
    public int? KeyBurst { get; set; }

    /// <summary>Average number of queries of all keys of one merchant together, per second; 0: no limit.</summary>
    public int MerchantPerSecond { get; set; }

    /// <summary>Maximum burst of one merchant. Default: twice MerchantPerSecond.</summary>
    public int? MerchantBurst { get; set; }

    /// <summary>Average number of queries of all callers to one endpoint, per second; 0: no limit.</summary>
    public int EndpointPerSecond { get; set; }

    /// <summary>Maximum burst to one endpoint. Default: twice EndpointPerSecond.</summary>
    public int? EndpointBurst { get; set; }

    /// <summary>
    /// How many rows of a page, or ids in a request, cost one query: with 10 a page of 100 rows counts as ten queries. 100: every query counts as
    /// one. A query that costs more than the burst takes all of it.
    /// </summary>
    public int ItemsPerQuery { get; set; } = 100;

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        Require(KeyPerSecond is >= 0 and <= 100_000, "Rates:Query:KeyPerSecond must be 0 to 100000.");
        Require(MerchantPerSecond is >= 0 and <= 100_000, "Rates:Query:MerchantPerSecond must be 0 to 100000.");
        Require(EndpointPerSecond is >= 0 and <= 100_000, "Rates:Query:EndpointPerSecond must be 0 to 100000.");
        Require(BucketLimit.IsBurst(KeyBurst, KeyPerSecond), "Rates:Query:KeyBurst must be KeyPerSecond to 3600 times KeyPerSecond.");
        Require(BucketLimit.IsBurst(MerchantBurst, MerchantPerSecond),
            "Rates:Query:MerchantBurst must be MerchantPerSecond to 3600 times MerchantPerSecond.");
        Require(BucketLimit.IsBurst(EndpointBurst, EndpointPerSecond),
            "Rates:Query:EndpointBurst must be EndpointPerSecond to 3600 times EndpointPerSecond.");
        Require(ItemsPerQuery is >= 1 and <= 100, "Rates:Query:ItemsPerQuery must be 1 to 100.");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
