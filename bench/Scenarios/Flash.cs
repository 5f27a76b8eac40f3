using System.Net.Http.Headers;
using System.Net.Http.Json;
using Installed;

namespace OrderSaga.Bench;

/// <summary>Flash sale: all orders want a few skus, with stock for 80% of them. Exactly the stock must be sold.</summary>
static class Flash
{
    const double Stock = 0.8;
    const int Round = 100;

    static readonly TimeSpan NoBound = TimeSpan.FromMinutes(10);

    public static async IAsyncEnumerable<Result> Run(int skus, Place place, Options options)
    {
        var scenario = $"flash-{skus}";
        var contenders = new Contenders(options, place.HasServers && skus == 1 ? ["c-2pc-hot", "c-2pc-killed"] : []);
        foreach (var variant in contenders.Variants)
            yield return await Sale(scenario, skus, place, variant, variant.Bounded(options));
        foreach (var baseline in contenders.Children)
            yield return await BaselineRuns.Run(scenario, baseline, place, skus, options);
    }

    static async Task<Result> Sale(string scenario, int skus, Place place, Variant variant, Options options)
    {
        Progress.Say($"{scenario}, {variant.Name}, {place.Name}");
        await using var system = await OurSystem.Start(place, variant);
        var warm = new Workload { Skus = await Catalogue.Stock(system.Running, "warm", skus, Full.Plenty), Lines = 1, InTurn = true };
        var rate = await WarmUp.Run(system, warm, options);
        var orders = (int)Math.Min(options.Orders, rate * options.Seconds) / Round * Round;
        var runs = new List<IReadOnlyDictionary<string, double>>();
        var findings = new List<string>();
        for (var run = 1; run <= options.Runs; run++)
        {
            var pieces = (int)(Math.Max(orders, Round) * Stock / skus);
            var hot = warm with { Skus = await Catalogue.Stock(system.Running, $"hot-{run}", skus, pieces) };
            var burst = await system.Saturate(hot, $"run-{run}", new Bounds(NoBound, Math.Max(orders, Round)), options);
            var figures = burst.Figures();
            Full.Say($"run-{run}", figures);
            runs.Add(figures);
            findings.AddRange(await NotSold(system.Running, hot.Skus, pieces));
            if ((int)figures[Figure.Completed] != pieces * skus)
                findings.Add($"run {run}: {figures[Figure.Completed]} orders were completed for {pieces * skus} pieces");
        }

        return await system.Result(scenario, place, variant, runs, findings: findings);
    }

    static async Task<IEnumerable<string>> NotSold(Running system, IEnumerable<string> skus, int pieces)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.ApiKey);
        var levels = new List<Level>();
        foreach (var sku in skus)
            levels.Add((await http.GetFromJsonAsync<Level>(new Uri(system.Url("Inventory.Worker"), $"stock/{sku}")))!);
        return levels.Where(level => level != new Level(level.Sku, pieces, 0, 0, pieces)).Select(level => $"not sold out exactly: {level}");
    }
}
