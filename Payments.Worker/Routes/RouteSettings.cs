namespace OrderSaga.Payments;

/// <summary>What happens to an authorization whose gateway got it but does not answer, not even when it is asked.</summary>
enum WhileUnknown
{
    /// <summary>The order waits until the gateway answers.</summary>
    Wait,

    /// <summary>
    /// A card is authorized at the other gateway as well, up to <see cref="RouteSettings.MaxHoldAmount"/>. Only one authorization can be captured;
    /// the other is voided as soon as it is known. Until then the customer's limit may be held twice.
    /// </summary>
    Hold,
}

/// <summary>What happens to an authorization that no gateway has got, and none can be reached.</summary>
enum WhenNone
{
    /// <summary>The order waits for a gateway until its time to pay is over.</summary>
    Wait,

    /// <summary>The payment is declined at once, so that its goods are free again.</summary>
    Decline,
}

/// <summary>Which gateway takes a new authorization. Bound from the section <c>Routes</c>; checked at start.</summary>
sealed class RouteSettings
{
    string[] gateways = [GatewaySettings.Main];

    /// <summary>
    /// The gateways of new authorizations: one, or two in the order of preference, such as <c>main,backup</c>. A gateway that is configured but
    /// not listed still completes what it has authorized.
    /// </summary>
    public string Order
    {
        get;
        set => (field, gateways) = (value, value.Split(',', StringSplitOptions.TrimEntries));
    } = "main";

    /// <summary>
    /// Percent of new orders that begin at the second gateway, so that it is in use every day: a path that runs only on bad days fails on them.
    /// </summary>
    public int WarmPercent { get; set; } = 1;

    /// <summary>What happens to an authorization whose gateway got it but does not answer, not even when it is asked.</summary>
    public WhileUnknown WhileUnknown { get; set; } = WhileUnknown.Wait;

    /// <summary>
    /// With Hold: the largest amount, in minor units of any currency, that may be held twice. Do not use Hold if cards are charged at their
    /// authorization.
    /// </summary>
    public long MaxHoldAmount { get; set; }

    /// <summary>What happens to an authorization that no gateway has got, and none can be reached.</summary>
    public WhenNone WhenNone { get; set; } = WhenNone.Wait;

    /// <summary>The names in <see cref="Order"/>.</summary>
    public IReadOnlyList<string> Gateways => gateways;

    public void Check(IReadOnlyCollection<string> configured)
    {
        if (Gateways.FirstOrDefault(name => !configured.Contains(name)) is { } unknown)
            throw new InvalidOperationException(
                $"Routes:Order names the gateway '{unknown}', which is not configured. There are: {string.Join(", ", configured)}. "
                + "Set Gateways:NAME:Url, Key and WebhookSecret, with a name of letters a-z.");
        if (Gateways.Count > 2 || Gateways.Distinct().Count() != Gateways.Count)
            throw new InvalidOperationException($"Routes:Order must name one gateway or two different ones; it is {Order}.");
        Require(WarmPercent is >= 0 and <= 100, "Routes:WarmPercent must be 0 to 100.");
        Require(MaxHoldAmount >= 0, "Routes:MaxHoldAmount must be at least 0.");
        Require(WhileUnknown == WhileUnknown.Wait || MaxHoldAmount > 0,
            "Routes:MaxHoldAmount must be above 0 with Routes:WhileUnknown=Hold: it is the largest amount that may be held twice.");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
