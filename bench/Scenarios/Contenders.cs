namespace OrderSaga.Bench;

/// <summary>Who is measured in a scenario: our system always first, then those that it is compared with.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="usual">The baselines of the scenario, when none were asked for.</param>
sealed class Contenders(Options options, params string[] usual)
{
    static readonly IReadOnlyList<string> Known = [Variant.Alone.Name, .. Baselines.Names];

    /// <summary>Our system, and set as baseline (a) when that is wanted.</summary>
    public IEnumerable<Variant> Variants => Wanted.Contains(Variant.Alone.Name) ? [Variant.Ours, Variant.Alone] : [Variant.Ours];

    /// <summary>Baselines that run as children.</summary>
    public IEnumerable<string> Children => Wanted.Where(Baselines.Names.Contains);

    IReadOnlyList<string> Wanted { get; } = options.Against is not { } asked ? usual
        : [.. Known.Where(name => asked.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
}
