using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>
/// Pages of 100 products: from a Storefront's memory (ours), as queries of the price list at Orders.Api, and a constant page behind the same key
/// check. In turn, so that a slow minute of the machine is everybody's. Processor time is that of all processes and the database.
/// </summary>
static class Reads
{
    const int Skus = 100;
    const int MaxConnections = 32;

    /// <summary>The runtime compiles in several steps, each after many calls.</summary>
    const int WarmUpRounds = 3;

    const string Database = "database";
    const string Static = "static";
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    /// <summary>One way to read.</summary>
    /// <param name="Name">Of the contender.</param>
    /// <param name="Load">What reads it.</param>
    /// <param name="Process">A process of its own, beside the system; null: none.</param>
    /// <param name="WithSystem">The system works for it.</param>
    sealed record Way(string Name, ReadLoad Load, int? Process, bool WithSystem)
    {
        public List<IReadOnlyDictionary<string, double>> Runs { get; } = [];
    }

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        await using var system = await OurSystem.Start(place, Variant.Ours);
        var running = system.Running;
        var skus = await Catalogue.Stock(running, "tea", Skus, 100);
        await using var storefront = running.Storefront(".bench");
        storefront.Start();
        await storefront.Ready();
        using var constant = await StaticChild.Start(running.Directory);
        List<string> pages = [.. skus.Select(sku => $"/shop/products/{sku}")];
        Way[] ways =
        [
            new(Variant.Ours.Name, new(storefront.Url, pages, running.ApiKey), storefront.Id, WithSystem: true),
            new(Database, new(running.Url("Orders.Api"), skus.Select(sku => $"/products/{sku}"), running.ApiKey), null, WithSystem: true),
            new(Static, new(constant.Url, pages, running.ApiKey), constant.Id, WithSystem: false),
        ];
        for (var round = 0; round < WarmUpRounds; round++)
            foreach (var way in ways)
                await way.Load.Run(MaxConnections, WarmUp);
        for (var run = 1; run <= options.Runs; run++)
            foreach (var way in ways)
                way.Runs.Add(await Measure(system, way, options));
        foreach (var way in ways)
            yield return new Result("reads", way.Name, place.Name, way.Runs, [], Notes(way));
    }

    static async Task<IReadOnlyDictionary<string, double>> Measure(OurSystem system, Way way, Options options)
    {
        var (before, own) = (await system.Sample(), CpuOf(way));
        var watch = Stopwatch.StartNew();
        var times = await way.Load.Run(Math.Min(options.Callers, MaxConnections), options.Duration);
        var seconds = watch.Elapsed.TotalSeconds;
        var figures = (await system.Sample()).PerOrderSince(before, times.Count).ToDictionary(pair => pair.Figure, pair => pair.Value);
        var extra = (CpuOf(way) - own) / times.Count;
        figures[Figure.CpuApplication] = extra + (way.WithSystem ? figures[Figure.CpuApplication] : 0);
        figures[Figure.CpuAll] = extra + (way.WithSystem ? figures[Figure.CpuAll] : 0);
        figures[Figure.ReadsPerSecond] = times.Count / seconds;
        figures[Figure.ReadP50] = Percentiles.At(times, 0.5);
        figures[Figure.ReadP99] = Percentiles.At(times, 0.99);
        Progress.Say($"    {way.Name}: {figures[Figure.ReadsPerSecond]:0} reads/s, {figures[Figure.CpuAll] * 1000:0.0} us of processors a read");
        return figures;
    }

    static double CpuOf(Way way) => way.Process is { } process ? Processes.Read(process)!.Own : 0;

    static Dictionary<string, string> Notes(Way way)
    {
        var of = new Result("", "", "", way.Runs, [], new Dictionary<string, string>());
        var notes = new Dictionary<string, string>
        {
            ["processors"] = $"{of.Of(Figure.CpuAll)!.Median * 1000:0.0} us a read",
            ["latency"] = $"p50 {of.Of(Figure.ReadP50)!.Median:0.00} ms, p99 {of.Of(Figure.ReadP99)!.Median:0.00} ms",
        };
        if (way.WithSystem && of.Of(Figure.CpuDatabase) is { } database)
            notes["database"] = $"{database.Median * 1000:0.0} us a read, {of.Of(Figure.Statements)?.Median ?? double.NaN:0.00} statements";
        return notes;
    }
}
