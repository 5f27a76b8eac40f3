namespace OrderSaga.Bench;

/// <summary>The contenders of a scenario: our system first, then those it is compared with.</summary>
/// <param name="options">Command-line options.</param>
/// <param name="usual">Default baselines of the scenario.</param>
sealed class Contenders(Options options, params string[] usual)
{
    static readonly IReadOnlyList<string> Known = [Variant.Alone.Name, Variant.BothAtOnce.Name, .. Baselines.Names];

    /// <summary>Our system, and baseline (a) as a variant of it if requested.</summary>
    public IEnumerable<Variant> Variants => Wanted.Contains(Variant.Alone.Name) ? [Variant.Ours, Variant.Alone] : [Variant.Ours];

    /// <summary>Systems of ours to measure in turn with the first.</summary>
    public IEnumerable<Variant> InTurn =>
    [
        .. options.Bases.Select(Variant.Base),
        .. options.With.Count == 0 ? Array.Empty<Variant>() : [Variant.With(options.With)],
        .. Wanted.Where(name => name == Variant.BothAtOnce.Name).Select(_ => Variant.BothAtOnce),
    ];

    /// <summary>Baselines that run in child processes.</summary>
    public IEnumerable<string> Children => Wanted.Where(Baselines.Names.Contains);

    IReadOnlyList<string> Wanted { get; } = options.Against is not { } requested ? usual
        : [.. Known.Where(name => requested.Any(start => name.StartsWith(start, StringComparison.Ordinal)))];
}
