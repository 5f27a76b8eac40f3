using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>As settle, with tables full of finished orders; alternates with the same system without history.</summary>
static class Aged
{
    /// <summary>Real orders from which the history is copied.</summary>
    const int Originals = 1000;

    /// <summary>The contender without a history.</summary>
    public const string Empty = "ours, empty";

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        if (!place.HasServers)
            throw new ArgumentException("aged needs --mode servers or one-process.");
        Progress.Say($"aged, {place.Name}");
        var empty = new Variant(Empty, Variant.Ours.Settings);
        await using var old = await OurSystem.Start(place, Variant.Ours);
        var past = await Age(old, options);
        await using var young = await OurSystem.Start(place, empty);
        var none = await Full.Usual(young);
        await WarmUp.Run(old, past, options);
        await WarmUp.Run(young, none, options);
        var (aged, fresh) = (new List<IReadOnlyDictionary<string, double>>(), new List<IReadOnlyDictionary<string, double>>());
        for (var run = 1; run <= options.Runs; run++)
        {
            // Alternating, because a machine's speed varies over minutes.
            aged.Add(await Full.Run(old, past, $"run-{run}", options));
            fresh.Add(await Full.Run(young, none, $"run-{run}", options));
        }

        yield return await old.Result("aged", place, Variant.Ours, aged);
        yield return await young.Result("aged", place, empty, fresh);
    }

    /// <summary>Makes the history; returns what was ordered.</summary>
    public static async Task<Workload> Age(OurSystem system, Options options)
    {
        var workload = await Full.Usual(system);
        var watch = Stopwatch.StartNew();
        var orders = Math.Min(Originals, options.History);
        await system.Saturate(workload, "original", new Bounds(History.Step, orders), options);
        if (watch.Elapsed > History.Step)
            throw new InvalidOperationException($"{orders} orders took {watch.Elapsed.TotalSeconds:0} s, longer than a step of the history.");
        await system.Running.Checker.AtRest();
        system.HistoryBefore = system.StartedAt;
        await History.Make(system.Running.Connection, options.History / orders);
        // Flush the generated rows to disk first, so that the measurement does not include writing them.
        using (var flush = Process.Start("sync"))
            await flush.WaitForExitAsync();
        Progress.Say($"    {options.History} finished orders were made in {watch.Elapsed.TotalSeconds:0} s");
        return workload;
    }
}
