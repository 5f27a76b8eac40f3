using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>POST /orders alone. On servers only Orders.Api runs; the other services settle the orders afterwards.</summary>
static class Placing
{
    const string Api = "Orders.Api";

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        foreach (var variant in new Contenders(options).Variants)
            yield return await Measure(place, variant, variant.Bounded(options));
    }

    static async Task<Result> Measure(Place place, Variant variant, Options options)
    {
        Progress.Say($"placement, {variant.Name}, {place.Name}");
        await using var system = await OurSystem.Start(place, variant);
        var workload = await Full.Usual(system);
        await WarmUp.Run(system, workload, options);
        var runs = new List<IReadOnlyDictionary<string, double>>();
        for (var run = 1; run <= options.Runs; run++)
        {
            await StopOthers(system);
            var figures = await Place(system, new Loads(system.Placer, workload, $"run-{run}"), options);
            Progress.Say($"    run-{run}: {figures[Figure.PlacedPerSecond]:0} placed/s, p50 {figures[Figure.PlacementP50]:0.0} ms");
            runs.Add(figures);
            await system.Running.AllUp();
            await system.Drain();
        }

        return await system.Result("placement", place, variant, runs);
    }

    static Task<int[]> StopOthers(OurSystem system) => Task.WhenAll(
        system.Running.Services.Where(name => name != Api && system.Running.Services.Count > 1).Select(name => system.Running.Of(name).Stop()));

    static async Task<Dictionary<string, double>> Place(OurSystem system, Loads load, Options options)
    {
        var before = await system.Sample();
        var watch = Stopwatch.StartNew();
        await load.Closed(options.Callers, new Bounds(options.Duration, options.Orders), flight: null);
        var seconds = watch.Elapsed.TotalSeconds;
        var after = await system.Sample();
        system.Know(load);
        var sorted = load.Placed.Select(placement => placement.Milliseconds).Order().ToList();
        var figures = after.PerOrderSince(before, sorted.Count).ToDictionary(pair => pair.Figure, pair => pair.Value);
        figures[Figure.Orders] = sorted.Count;
        figures[Figure.Seconds] = seconds;
        figures[Figure.PlacedPerSecond] = sorted.Count / seconds;
        figures[Figure.PlacementP50] = Percentiles.At(sorted, 0.5);
        figures[Figure.PlacementP99] = Percentiles.At(sorted, 0.99);
        return figures;
    }
}
