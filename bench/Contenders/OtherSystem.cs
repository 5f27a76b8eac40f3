namespace OrderSaga.Bench;

/// <summary>
/// A second system of ours that is measured in turn with the first: another version, or one with other settings. The speed of a machine varies
/// over minutes by more than the two differ, so only neighbouring runs are compared.
/// </summary>
sealed class OtherSystem(string scenario, Place place, Variant variant, Options options) : IAsyncDisposable
{
    static readonly string[] Compared =
    [
        Figure.CpuAll, Figure.CpuApplication, Figure.Paced + Figure.CpuAll, Figure.AllocatedKilobytes, Figure.FullP50, Figure.PacedP50, Figure.PacedP99,
    ];

    readonly List<IReadOnlyDictionary<string, double>> runs = [];
    readonly Dictionary<string, string> notes = [];
    OurSystem? system;
    Workload? workload;

    public async Task Start()
    {
        Progress.Say($"{scenario}, {variant.Name}, {place.Name}");
        system = await OurSystem.Start(place, variant);
        workload = await Full.Usual(system);
        await WarmUp.Run(system, workload, options);
    }

    /// <summary>Runs once more, at the rate of the other one's paced run.</summary>
    public async Task Next(IReadOnlyDictionary<string, double> ours)
    {
        Progress.Say($"{scenario}, {variant.Name}, {place.Name}");
        runs.Add(await Full.Run(system!, workload!, $"{variant.Name}-{runs.Count + 1}", options, ours[Figure.PacedRate]));
    }

    /// <summary>All runs so far, and the ratios to <paramref name="ours"/>.</summary>
    public async Task<Result> Result(Result ours)
    {
        notes["ours divided by it"] = string.Join(", ", Compared.Select(figure => Ratio(ours, figure)));
        // The checker knows only the schema of its own version.
        return variant.Root is null
            ? await system!.Result(scenario, place, variant, runs, notes)
            : new Result(scenario, variant.Name, place.Name, runs, [], notes);
    }

    /// <summary>Each run is compared with ours before it and after it, so that a steady drift cancels out.</summary>
    string Ratio(Result ours, string figure)
    {
        var ratios = new List<double>();
        for (var i = 0; i < runs.Count; i++)
        {
            ratios.Add(ours.Runs[i][figure] / runs[i][figure]);
            if (i + 1 < ours.Runs.Count)
                ratios.Add(ours.Runs[i + 1][figure] / runs[i][figure]);
        }

        return $"{figure} {Percentiles.Median(ratios):0.000} ({ratios.Min():0.00}-{ratios.Max():0.00})";
    }

    public async ValueTask DisposeAsync()
    {
        if (system is not null)
            await system.DisposeAsync();
    }
}
