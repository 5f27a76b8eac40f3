namespace OrderSaga.Bench;

/// <summary>The measurement of most scenarios: at maximum speed, then at a share of that rate.</summary>
static class Full
{
    public const int Skus = 1000;

    /// <summary>More stock than any run needs.</summary>
    public const int Plenty = 100_000_000;

    /// <summary>Starts a variant, warms it up, measures it and checks its invariants.</summary>
    /// <param name="scenario">Scenario of the result.</param>
    /// <param name="place">Deployment.</param>
    /// <param name="variant">Settings.</param>
    /// <param name="options">Command-line options.</param>
    /// <param name="prepare">Adds stock and returns the workload.</param>
    /// <param name="between">Called after each run, with its figures.</param>
    public static async Task<Result> System(
        string scenario, Place place, Variant variant, Options options, Func<OurSystem, Task<Workload>> prepare,
        Func<IReadOnlyDictionary<string, double>, Task>? between = null)
    {
        Progress.Say($"{scenario}, {variant.Name}, {place.Name}");
        await using var system = await OurSystem.Start(place, variant);
        var workload = await prepare(system);
        await WarmUp.Run(system, workload, options);
        var runs = new List<IReadOnlyDictionary<string, double>>();
        var notes = new Dictionary<string, string>();
        for (var run = 1; run <= options.Runs; run++)
        {
            runs.Add(await Run(system, workload, $"run-{run}", options));
            if (between is null)
                continue;
            notes["stands by"] = $"idle with {await system.StandBy():0} ms of CPU per second while the others run";
            await between(runs[^1]);
        }

        return await system.Result(scenario, place, variant, runs, notes);
    }

    /// <summary>The default workload: 1,000 skus, two per order.</summary>
    public static async Task<Workload> Usual(OurSystem system) => new() { Skus = await Catalogue.Stock(system.Running, "sku", Skus, Plenty) };

    /// <summary>One run at the maximum rate and one at a share of it, or at <paramref name="rate"/> orders per second.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> Run(
        OurSystem system, Workload workload, string name, Options options, double? rate = null)
    {
        var full = await system.Saturate(workload, name, new Bounds(options.Duration, options.Orders), options);
        var figures = full.Figures();
        Say(name, figures);
        var paced = await system.Pace(workload, name + "-paced", rate ?? full.SettledPerSecond * options.Rate, new Bounds(options.Duration));
        foreach (var (figure, value) in paced.PacedFigures())
            figures[figure] = value;
        Progress.Say($"    {name}: at {figures[Figure.PacedRate]:0}/s p50 {figures[Figure.PacedP50]:0} ms, p99 {figures[Figure.PacedP99]:0} ms");
        return figures;
    }

    public static void Say(string name, IReadOnlyDictionary<string, double> figures) => Progress.Say(
        $"    {name}: {figures[Figure.SettledPerSecond]:0} orders/s, {figures[Figure.CpuAll]:0.00} ms of CPU each, {figures[Figure.Completed]} completed");
}
