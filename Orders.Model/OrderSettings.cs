namespace Orders.Model;

/// <summary>Bound from the section <c>Orders</c>; checked at start.</summary>
public sealed class OrderSettings
{
    /// <summary>From a step to assurance's first look at it, seconds.</summary>
    public int FirstCheckSeconds { get; set; } = 8;

    /// <summary>From the placement to the end of the time to pay, minutes.</summary>
    public int PayWithinMinutes { get; set; } = 15;

    /// <summary>Placements in one transaction, at most.</summary>
    public int PlacementBatch { get; set; } = 64;

    /// <summary>Throws what is wrong, in words.</summary>
    public void Check()
    {
        if (FirstCheckSeconds is < 1 or > 3600)
            throw new InvalidOperationException("Orders:FirstCheckSeconds must be 1 to 3600.");
        if (PayWithinMinutes is < 1 or > 7 * 24 * 60 || PayWithinMinutes * 60 <= FirstCheckSeconds)
            throw new InvalidOperationException("Orders:PayWithinMinutes must be 1 to 10080, and longer than FirstCheckSeconds.");
        if (PlacementBatch is < 1 or > 500)
            throw new InvalidOperationException("Orders:PlacementBatch must be 1 to 500.");
    }
}
