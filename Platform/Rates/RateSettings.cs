namespace OrderSaga.Platform.Rates;

/// <summary>What all rates share. Bound from the section <c>Rates</c>; checked at start.</summary>
public sealed class RateSettings
{
    /// <summary>Name of the limits of queries; those of merchants and endpoints begin with it.</summary>
    public const string Queries = "queries";

    /// <summary>As <see cref="Queries"/>, of placements.</summary>
    public const string Placements = "placements";

    /// <summary>Where the counts are. Local: in each process, so that two processes behind one address accept twice as much.</summary>
    public string Mode { get; set; } = "Local";

    /// <summary>
    /// Maximum number of callers (API keys, merchants or customers) that have a count under one limit. If there are more, those that were idle
    /// for longest start again with an empty count.
    /// </summary>
    public int MaxCallers { get; set; } = 100_000;

    /// <summary>Throws with an explanation if a setting is invalid.</summary>
    public void Check()
    {
        Require(Mode == "Local", "Rates:Mode must be Local.");
        Require(MaxCallers is >= 1000 and <= 10_000_000, "Rates:MaxCallers must be 1000 to 10000000.");
    }

    static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new InvalidOperationException(rule);
    }
}
