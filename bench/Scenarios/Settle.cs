namespace OrderSaga.Bench;

/// <summary>Orders of two lines over 1,000 skus, all of which complete.</summary>
static class Settle
{
    const int Skus = 1000;
    const int Plenty = 100_000_000;

    static readonly string[] OnServers = [Variant.Alone.Name, "b-usual-outbox", "c-2pc", "d1-floor", "d2-floor", "e-broker"];

    public static async IAsyncEnumerable<Result> Run(Options options)
    {
        var place = Place.Of(options.Mode);
        var contenders = new Contenders(options, place.HasServers ? OnServers : [Variant.Alone.Name]);
        foreach (var variant in contenders.Variants)
            yield return await Ours("settle", place, variant, variant.Bounded(options));
        foreach (var baseline in contenders.Children)
            yield return await BaselineRuns.Run("settle", baseline, Skus, options);
    }

    static async Task<Result> Ours(string scenario, Place place, Variant variant, Options options)
    {
        Progress.Say($"{scenario}, {variant.Name}, {place.Name}");
        await using var system = await OurSystem.Start(place, variant);
        var workload = new Workload { Skus = await Catalogue.Stock(system.Running, "sku", Skus, Plenty) };
        await WarmUp.Run(system, workload, options);
        var runs = new List<IReadOnlyDictionary<string, double>>();
        for (var run = 1; run <= options.Runs; run++)
            runs.Add(await MeasuredRun(system, workload, $"run-{run}", options));
        return await system.Result(scenario, place, variant, runs);
    }

    static async Task<IReadOnlyDictionary<string, double>> MeasuredRun(OurSystem system, Workload workload, string name, Options options)
    {
        var full = await system.Saturate(workload, name, new Bounds(options.Duration, options.Orders), options);
        var figures = full.Figures();
        Progress.Say($"    {name}: {figures[Figure.SettledPerSecond]:0} orders/s, {figures[Figure.CpuAll]:0.00} ms of CPU each");
        var paced = await system.Pace(workload, name + "-paced", full.SettledPerSecond * options.Rate, new Bounds(options.Duration));
        foreach (var (figure, value) in paced.PacedFigures())
            figures[figure] = value;
        Progress.Say($"    {name}: at {figures[Figure.PacedRate]:0}/s p50 {figures[Figure.PacedP50]:0} ms, p99 {figures[Figure.PacedP99]:0} ms");
        return figures;
    }
}
