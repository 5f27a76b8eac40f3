using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>As settle, in tables that are full of finished orders; beside it the same system empty.</summary>
static class Aged
{
    /// <summary>Real orders that the history is copied from.</summary>
    const int Originals = 1000;

    /// <summary>The contender without a history.</summary>
    public const string Empty = "ours, empty";

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        if (!place.HasServers)
            throw new ArgumentException("aged needs --mode servers or one-process.");
        yield return await Full.System("aged", place, Variant.Ours, options, system => Age(system, options));
        yield return await Full.System("aged", place, new Variant(Empty, Variant.Ours.Settings), options, Full.Usual);
    }

    static async Task<Workload> Age(OurSystem system, Options options)
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
        // What was made in bulk is on the disk before anything is measured: an old system does not write its past.
        using (var flush = Process.Start("sync"))
            await flush.WaitForExitAsync();
        Progress.Say($"    {options.History} finished orders were made in {watch.Elapsed.TotalSeconds:0} s");
        return workload;
    }
}
