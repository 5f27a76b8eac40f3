namespace OrderSaga.Bench;

/// <summary>
/// Two or more systems of ours under the same paced load at the same time. What slows the machine slows all of them, so a cost of 1% shows.
/// </summary>
static class SideBySide
{
    const string Scenario = "side-by-side";

    static readonly string[] Compared =
    [
        Figure.CpuAll, Figure.CpuApplication, Figure.CpuDatabase, Figure.Transactions, Figure.AllocatedKilobytes, Figure.PacedP50, Figure.PacedP99,
    ];

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        Variant[] variants = [Variant.Ours, .. new Contenders(options).InTurn];
        if (variants.Length == 1)
            throw new ArgumentException($"{Scenario} needs --base DIRS, --with NAME=VALUE or --against f.");
        var systems = new List<OurSystem>();
        try
        {
            var (workload, rate) = (default(Workload)!, 0.0);
            foreach (var variant in variants)
            {
                Progress.Say($"{Scenario}, {variant.Name}, {place.Name}");
                systems.Add(await OurSystem.Start(place, variant));
                workload = await Full.Usual(systems[^1]);
                rate = await WarmUp.Run(systems[^1], workload, options) * options.Rate / variants.Length;
            }

            var runs = await Measure(systems, workload, rate, options);
            for (var i = 0; i < systems.Count; i++)
            {
                var own = runs.Select(run => run[i]).ToList();
                var notes = i == 0 ? [] : new Dictionary<string, string> { ["ours divided by it"] = Ratios([.. runs.Select(run => run[0])], own) };
                // The checker knows only the schema of its own version.
                yield return variants[i].Root is null ? await systems[i].Result(Scenario, place, variants[i], own, notes)
                    : new Result(Scenario, variants[i].Name, place.Name, own, [], notes);
            }
        }
        finally
        {
            foreach (var system in systems)
                await system.DisposeAsync();
        }
    }

    /// <summary>The figures of each run by system.</summary>
    static async Task<List<Dictionary<string, double>[]>> Measure(List<OurSystem> systems, Workload workload, double rate, Options options)
    {
        var runs = new List<Dictionary<string, double>[]>();
        for (var run = 1; run <= options.Runs; run++)
        {
            var bursts = await Task.WhenAll(systems.Select(system => system.Pace(workload, $"run-{run}", rate, new Bounds(options.Duration))));
            runs.Add([.. bursts.Select(Figures)]);
            var cpu = string.Join(" and ", runs[^1].Select(one => $"{one[Figure.CpuAll]:0.000}"));
            Progress.Say($"    run {run}: {rate:0} orders/s each, {cpu} ms of CPU each");
        }

        return runs;
    }

    /// <summary>The broker and the rest of the database server work for all systems, so they are left out.</summary>
    static Dictionary<string, double> Figures(Burst burst)
    {
        var figures = burst.PacedFigures().Concat(burst.After.PerOrderSince(burst.Before, burst.Orders.Count))
            .ToDictionary(pair => pair.Figure, pair => pair.Value);
        figures[Figure.PlacedPerSecond] = figures[Figure.PacedRate];
        figures[Figure.CpuDatabase] = figures.GetValueOrDefault(Figure.CpuConnections);
        figures[Figure.CpuAll] = figures[Figure.CpuApplication] + figures[Figure.CpuDatabase];
        figures.Remove(Figure.CpuBroker);
        return figures;
    }

    static string Ratios(IReadOnlyList<Dictionary<string, double>> ours, IReadOnlyList<Dictionary<string, double>> its) =>
        string.Join(", ", Compared.Where(ours[0].ContainsKey).Select(figure =>
        {
            var ratios = ours.Zip(its, (one, other) => one[figure] / other[figure]).ToList();
            return $"{figure} {Percentiles.Median(ratios):0.000} ({ratios.Min():0.000}-{ratios.Max():0.000})";
        }));
}
