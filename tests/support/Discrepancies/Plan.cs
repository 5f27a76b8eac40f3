namespace Discrepancies;

/// <summary>What books are to be made. The same plan makes the same books.</summary>
public sealed record Plan
{
    /// <summary>Of all chance.</summary>
    public required int Seed { get; init; }

    /// <summary>Orders of all legal ends, about which the ledgers agree.</summary>
    public required int Clean { get; init; }

    /// <summary>How many orders to spoil in which way, by the names of <see cref="Spoilers.Names"/>.</summary>
    public IReadOnlyDictionary<string, int> Spoiled { get; init; } = new Dictionary<string, int>();

    /// <summary>UTC. The orders were placed in the days before; the settlement file of each day that is over has come.</summary>
    public required DateTime Now { get; init; }

    /// <summary>What the gateway keeps of a captured amount, minor units.</summary>
    public Func<long, long> Fee { get; init; } = amount => (((amount * 140) + 5_000) / 10_000) + 25;

    /// <summary>Whether the sandbox gateway gets a ledger too: what it is needed for is repairing money.</summary>
    public bool Gateway { get; init; }

    /// <summary>How far back the first order lies.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromDays(5);

    internal DateTime Start => Now - Span;

    internal DateOnly Today => DateOnly.FromDateTime(Now);

    internal bool Delivered(DateOnly day) => day < Today && day >= DateOnly.FromDateTime(Start);

    /// <summary>What happened before this has its own and the next day's settlement file.</summary>
    internal DateTime SettledBefore => Today.AddDays(-1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public void Check()
    {
        if (Span < TimeSpan.FromDays(3) || Now.Kind != DateTimeKind.Utc)
            throw new InvalidOperationException("Now must be UTC and Span at least three days, or no settlement file is due for anything.");
        if (Spoiled.Keys.Except(Spoilers.Names).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"There is no way '{unknown}' to spoil an order; there are {string.Join(", ", Spoilers.Names)}.");
    }
}

/// <summary>An order that was spoiled.</summary>
/// <param name="OrderId">Which.</param>
/// <param name="Class">The class of findings that it must give.</param>
/// <param name="How">What was done to it, in words.</param>
public sealed record SpoiledOrder(Guid OrderId, string Class, string How);
