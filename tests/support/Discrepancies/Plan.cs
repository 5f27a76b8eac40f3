namespace Discrepancies;

/// <summary>Describes the ledgers to generate. The same plan generates the same ledgers.</summary>
public sealed record Plan
{
    /// <summary>The seed of all random choices.</summary>
    public required int Seed { get; init; }

    /// <summary>The number of consistent orders, in all legal states.</summary>
    public required int Clean { get; init; }

    /// <summary>The number of orders per corruption, by the names of <see cref="Corruptions.Names"/>.</summary>
    public IReadOnlyDictionary<string, int> Corrupted { get; init; } = new Dictionary<string, int>();

    /// <summary>UTC. The orders were placed in the days before; the settlement file of each past day has arrived.</summary>
    public required DateTime Now { get; init; }

    /// <summary>The gateway's fee for a captured amount, in minor units.</summary>
    public Func<long, long> Fee { get; init; } = amount => (((amount * 140) + 5_000) / 10_000) + 25;

    /// <summary>Whether to write the sandbox gateway's ledger too, which repairs of money need.</summary>
    public bool Gateway { get; init; }

    /// <summary>The age of the first order.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromDays(5);

    internal DateTime Start => Now - Span;

    internal DateOnly Today => DateOnly.FromDateTime(Now);

    internal bool Delivered(DateOnly day) => day < Today && day >= DateOnly.FromDateTime(Start);

    /// <summary>For everything before this time, the settlement files of its own day and of the next have arrived.</summary>
    internal DateTime SettledBefore => Today.AddDays(-1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);

    public void Check()
    {
        if (Span < TimeSpan.FromDays(3) || Now.Kind != DateTimeKind.Utc)
            throw new InvalidOperationException("Now must be UTC and Span at least three days, or no settlement file is due for anything.");
        if (Corrupted.Keys.Except(Corruptions.Names).FirstOrDefault() is { } unknown)
            throw new InvalidOperationException($"There is no way '{unknown}' to spoil an order; there are {string.Join(", ", Corruptions.Names)}.");
    }
}

/// <summary>A corrupted order.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Class">The class of finding that it must cause.</param>
/// <param name="How">A description of the corruption.</param>
public sealed record CorruptedOrder(Guid OrderId, string Class, string How);
