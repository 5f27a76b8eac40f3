namespace OrderSaga.Bench;

/// <summary>The middle of some runs, with the least and the most.</summary>
sealed record Spread(double Median, double Min, double Max);

/// <summary>What one contender did in one scenario.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Contender">Our code, our code set otherwise, or a baseline.</param>
/// <param name="Mode">Where it ran.</param>
/// <param name="Runs">The figures of each measured run, see <see cref="Figure"/>.</param>
/// <param name="Findings">What the checker found wrong afterwards; nothing when all invariants hold.</param>
/// <param name="Notes">What a reader must know.</param>
sealed record Result(
    string Scenario, string Contender, string Mode, IReadOnlyList<IReadOnlyDictionary<string, double>> Runs,
    IReadOnlyList<string> Findings, IReadOnlyDictionary<string, string> Notes)
{
    /// <summary>None when no run has the figure.</summary>
    public Spread? Of(string figure)
    {
        var values = Runs.Where(run => run.ContainsKey(figure)).Select(run => run[figure]).Where(double.IsFinite).ToList();
        return values.Count == 0 ? null : new Spread(Percentiles.Median(values), values.Min(), values.Max());
    }

    /// <summary>Every figure that a run has.</summary>
    public IReadOnlyDictionary<string, Spread> Spreads => Runs.SelectMany(run => run.Keys).Distinct().Order(StringComparer.Ordinal)
        .Select(name => (name, Of(name))).Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.name, pair => pair.Item2!);
}
