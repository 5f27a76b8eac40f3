using OrderSaga.Platform.Rates;

namespace Orders.Api;

/// <summary>
/// How often orders may be placed over HTTP; more are refused (429). Repeated requests are never refused, and only placed orders count. Bound
/// from the section <c>Rates:Place</c>; checked at start.
/// </summary>
public sealed class PlacementRateSettings
{
    /// <summary>Average number of orders of one API key, per second; 0: no limit. A key can have a rate of its own.</summary>
    public int KeyPerSecond { get; set; }

    /// <summary>Maximum burst of one API key. Default: twice KeyPerSecond.</summary>
    public int? KeyBurst { get; set; }

    /// <summary>Average number of orders of all keys of one merchant together, per second; 0: no limit.</summary>
    public int MerchantPerSecond { get; set; }

    /// <summary>Maximum burst of one merchant. Default: twice MerchantPerSecond.</summary>
    public int? MerchantBurst { get; set; }

    /// <summary>Average number of orders of all callers to one process, per second; 0: no limit.</summary>
    public int EndpointPerSecond { get; set; }

    /// <summary>Maximum burst to one process. Default: twice EndpointPerSecond.</summary>
    public int? EndpointBurst { get; set; }

    /// <summary>
    /// Maximum number of orders with the same <c>customer</c> of one merchant within <see cref="CustomerWindowSeconds"/>, for example against
    /// bots in a flash sale; 0: no limit. Orders without a customer have no such limit.
    /// </summary>
    public int MaxPerCustomer { get; set; }

    /// <summary>The time of <see cref="MaxPerCustomer"/>.</summary>
    public int CustomerWindowSeconds { get; set; } = 10;

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        Require(KeyPerSecond is >= 0 and <= 100_000, "Rates:Place:KeyPerSecond must be 0 to 100000.");
        Require(MerchantPerSecond is >= 0 and <= 100_000, "Rates:Place:MerchantPerSecond must be 0 to 100000.");
        Require(EndpointPerSecond is >= 0 and <= 100_000, "Rates:Place:EndpointPerSecond must be 0 to 100000.");
        Require(BucketLimit.IsBurst(KeyBurst, KeyPerSecond), "Rates:Place:KeyBurst must be KeyPerSecond to 3600 times KeyPerSecond.");
        Require(BucketLimit.IsBurst(MerchantBurst, MerchantPerSecond),
            "Rates:Place:MerchantBurst must be MerchantPerSecond to 3600 times MerchantPerSecond.");
        Require(BucketLimit.IsBurst(EndpointBurst, EndpointPerSecond),
            "Rates:Place:EndpointBurst must be EndpointPerSecond to 3600 times EndpointPerSecond.");
        Require(MaxPerCustomer is >= 0 and <= 100, "Rates:Place:MaxPerCustomer must be 0 to 100.");
        Require(CustomerWindowSeconds is >= 1 and <= 86_400, "Rates:Place:CustomerWindowSeconds must be 1 to 86400.");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
