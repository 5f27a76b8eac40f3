namespace OrderSaga.Bench;

/// <summary>Median, minimum and maximum of some runs.</summary>
sealed record Spread(double Median, double Min, double Max);

/// <summary>Result of one contender in one scenario.</summary>
/// <param name="Scenario">Name of the scenario.</param>
/// <param name="Contender">Our system, a variant of it, or a baseline.</param>
/// <param name="Mode">Deployment.</param>
/// <param name="Runs">The figures of each measured run, see <see cref="Figure"/>.</param>
/// <param name="Findings">Violations found by the checker; empty if all invariants hold.</param>
/// <param name="Notes">Explanations for the reader.</param>
sealed record Result(
    string Scenario, string Contender, string Mode, IReadOnlyList<IReadOnlyDictionary<string, double>> Runs,
    IReadOnlyList<string> Findings, IReadOnlyDictionary<string, string> Notes)
{
    /// <summary>Null if no run has the figure.</summary>
    public Spread? Of(string figure)
    {
        var values = Runs.Where(run => run.ContainsKey(figure)).Select(run => run[figure]).Where(double.IsFinite).ToList();
        return values.Count == 0 ? null : new Spread(Percentiles.Median(values), values.Min(), values.Max());
    }

    /// <summary>All figures of the runs.</summary>
    public IReadOnlyDictionary<string, Spread> Spreads => Runs.SelectMany(run => run.Keys).Distinct().Order(StringComparer.Ordinal)
        .Select(name => (name, Of(name))).Where(pair => pair.Item2 is not null).ToDictionary(pair => pair.name, pair => pair.Item2!);
}
