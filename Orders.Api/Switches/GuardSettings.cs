namespace Orders.Api.Switches;

/// <summary>Settings of the guard of switches. Bound from the section <c>Switches:Guard</c>; checked at start.</summary>
sealed class GuardSettings
{
    /// <summary>
    /// Kills a switch if the orders of a new value fail (need review, or are cancelled by the system) this many times as often as those of the
    /// default; 0: never.
    /// </summary>
    public double Ratio { get; set; }

    /// <summary>Only orders placed within this time are compared.</summary>
    public int Minutes { get; set; } = 10;

    /// <summary>Minimum number of orders of the default and of the new value; fewer are not compared.</summary>
    public int MinOrders { get; set; } = 50;

    public void Check()
    {
        if (Ratio is not (0 or (>= 1 and <= 1000)))
            throw new InvalidOperationException("Switches:Guard:Ratio must be 1 to 1000, or 0 for no guard.");
        if (Minutes is < 1 or > 1440)
            throw new InvalidOperationException($"Switches:Guard:Minutes must be 1 to 1440; it is {Minutes}.");
        if (MinOrders is < 10 or > 1_000_000)
            throw new InvalidOperationException($"Switches:Guard:MinOrders must be 10 to 1000000; it is {MinOrders}.");
    }
}
