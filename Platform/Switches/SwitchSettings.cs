namespace OrderSaga.Platform.Switches;

/// <summary>Settings of switches. Bound from the section <c>Switches</c>; checked at start.</summary>
public sealed class SwitchSettings
{
    /// <summary>True: new rules wait until another API key approves them, unless they are narrower rule by rule. Kill never waits.</summary>
    public bool TwoPersons { get; set; }

    /// <summary>Maximum number of names in all rules of one switch. Limits:MaxRequestBytes limits the length of the rules too.</summary>
    public int MaxNames { get; set; } = 10_000;

    public void Check()
    {
        if (MaxNames is < 1 or > 100_000)
            throw new InvalidOperationException("Switches:MaxNames must be 1 to 100000.");
    }
}
