namespace OrderSaga.Bench;

/// <summary>
/// The broker stops at full load and returns: no placement is refused meanwhile, and the backlog drains at nearly the full rate.
/// </summary>
static class Recover
{
    static readonly TimeSpan Before = TimeSpan.FromSeconds(5);

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        if (!place.HasServers)
            throw new ArgumentException("recover needs a broker: use --mode servers or one-process.");
        yield return await Measure(place, Variant.Ours, options);
    }

    static async Task<Result> Measure(Place place, Variant variant, Options options)
    {
        Progress.Say($"recover, {variant.Name}, {place.Name}: {options.Outage} s without the broker");
        await using var system = await OurSystem.Start(place, variant);
        var workload = await Full.Usual(system);
        await WarmUp.Run(system, workload, options);
        var runs = new List<IReadOnlyDictionary<string, double>>();
        var findings = new List<string>();
        for (var run = 1; run <= options.Runs; run++)
        {
            var figures = (await system.Saturate(workload, $"peak-{run}", new Bounds(options.Duration, options.Orders), options)).Figures();
            Full.Say($"peak-{run}", figures);
            var load = new Loads(system.Placer, workload, $"outage-{run}");
            foreach (var (figure, value) in await Outage(system, load, figures[Figure.SettledPerSecond], options))
                figures[figure] = value;
            if (load.Refused > 0)
                findings.Add($"run {run}: {load.Refused} placements were refused while the broker was down");
            Progress.Say($"    outage-{run}: {load.Placed.Count} placed, {load.Refused} refused; "
                + $"drained at {figures[Figure.DrainShare]:0%} of the peak, after {figures[Figure.ResumedAfter]:0.0} s");
            runs.Add(figures);
        }

        return await system.Result("recover", place, variant, runs, Notes(runs), findings);
    }

    static async Task<IEnumerable<(string Figure, double Value)>> Outage(OurSystem system, Loads load, double peak, Options options)
    {
        var outage = TimeSpan.FromSeconds(options.Outage);
        var back = DateTime.MaxValue;
        var burst = await system.Measure(load, async placing =>
        {
            using var stop = new CancellationTokenSource();
            var running = placing.Paced(peak, new Bounds(TimeSpan.MaxValue), again: false, stop.Token);
            await Task.Delay(Before, TimeProvider.System, CancellationToken.None);
            await system.Running.ShutBroker();
            Progress.Say("    the broker is down");
            await Task.Delay(outage, TimeProvider.System, CancellationToken.None);
            // Orders placed from here on do not count as placed during the outage.
            await stop.CancelAsync();
            await running;
            await system.Running.OpenBroker();
            back = TimeProvider.System.GetUtcNow().UtcDateTime;
            Progress.Say("    the broker is available again");
        });
        return Drained(burst, back, peak, load.Refused);
    }

    static IEnumerable<(string Figure, double Value)> Drained(Burst burst, DateTime back, double peak, int refused)
    {
        var ends = burst.Orders.Where(order => order.Ended && order.UpdatedAt > back).Select(order => order.UpdatedAt).Order().ToList();
        var placing = burst.Placed.Select(placement => placement.Milliseconds).Order().ToList();
        var rate = ends.Count < 2 ? 0 : ends.Count / (ends[^1] - ends[0]).TotalSeconds;
        yield return (Figure.Backlog, ends.Count);
        yield return (Figure.ResumedAfter, ends.Count == 0 ? double.NaN : (ends[0] - back).TotalSeconds);
        yield return (Figure.DrainedPerSecond, rate);
        yield return (Figure.DrainShare, rate / peak);
        yield return (Figure.DrainShareInAll, ends.Count == 0 ? 0 : ends.Count / (ends[^1] - back).TotalSeconds / peak);
        yield return (Figure.Refused, refused);
        yield return (Figure.PacedPlacementP50, Percentiles.At(placing, 0.5));
        yield return (Figure.PacedPlacementP99, Percentiles.At(placing, 0.99));
    }

    static Dictionary<string, string> Notes(IEnumerable<IReadOnlyDictionary<string, double>> runs) => new()
    {
        ["drained"] = string.Join("; ", runs.Select(run => $"{run[Figure.Backlog]:0} orders at {run[Figure.DrainedPerSecond]:0}/s, "
            + $"{run[Figure.DrainShare]:0%} of the peak, from {run[Figure.ResumedAfter]:0.0} s after the broker's return on "
            + $"({run[Figure.DrainShareInAll]:0%} with that pause); {run[Figure.Refused]} placements refused")),
    };
}
