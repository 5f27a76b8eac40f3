namespace OrderSaga.Bench;

/// <summary>Three times the orders that it can settle: it must settle at its maximum rate, refuse the rest and recover soon.</summary>
static class Overload
{
    const double Times = 3;
    const double NormalShare = 0.5;

    /// <summary>Maximum p99 from placed to settled of a normal second, milliseconds.</summary>
    const double NormalP99 = 500;

    static readonly TimeSpan Storm = TimeSpan.FromSeconds(20);
    static readonly TimeSpan Calm = TimeSpan.FromSeconds(40);

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        yield return await Measure(place, Variant.Ours, options);
    }

    static async Task<Result> Measure(Place place, Variant variant, Options options)
    {
        Progress.Say($"overload, {variant.Name}, {place.Name}");
        await using var system = await OurSystem.Start(place, variant);
        var workload = await Full.Usual(system);
        await WarmUp.Run(system, workload, options);
        var runs = new List<IReadOnlyDictionary<string, double>>();
        for (var run = 1; run <= options.Runs; run++)
        {
            var figures = (await system.Saturate(workload, $"peak-{run}", new Bounds(options.Duration, options.Orders), options)).Figures();
            Full.Say($"peak-{run}", figures);
            foreach (var (figure, value) in await Flood(system, workload, run, figures[Figure.SettledPerSecond]))
                figures[figure] = value;
            Progress.Say($"    flood-{run}: {figures[Figure.Goodput]:0}/s settled, {figures[Figure.Refused]} refused, "
                + $"normal after {figures[Figure.NormalAfter]:0} s");
            runs.Add(figures);
        }

        return await system.Result("overload", place, variant, runs, Notes(runs));
    }

    static async Task<IEnumerable<(string Figure, double Value)>> Flood(OurSystem system, Workload workload, int run, double peak)
    {
        var calm = new Loads(system.Placer, workload, $"calm-{run}");
        var (start, end) = (TimeProvider.System.GetUtcNow().UtcDateTime, default(DateTime));
        var flood = new Loads(system.Placer, workload, $"flood-{run}");
        var burst = await system.Measure(flood, async load =>
        {
            await load.Paced(peak * Times, new Bounds(Storm), again: false);
            end = start + Storm;
            await calm.Paced(peak * NormalShare, new Bounds(Calm));
            system.Know(calm);
        });
        var goodput = burst.Orders.Count(order => order.Ended && order.UpdatedAt < end) / Storm.TotalSeconds;
        return
        [
            (Figure.Refused, flood.Refused), (Figure.Accepted, flood.Placed.Count), (Figure.Goodput, goodput), (Figure.GoodputShare, goodput / peak),
            (Figure.NormalAfter, NormalAfter([.. burst.Orders.Where(order => order.CreatedAt >= end)], end)),
        ];
    }

    /// <summary>Seconds from <paramref name="end"/> to the last second whose orders took too long.</summary>
    static double NormalAfter(IReadOnlyList<OrderTime> orders, DateTime end) => orders
        .GroupBy(order => (int)(order.CreatedAt - end).TotalSeconds)
        .Where(second => Percentiles.At([.. second.Select(order => order.Milliseconds).Order()], 0.99) > NormalP99)
        .Select(second => second.Key + 1.0).DefaultIfEmpty(0).Max();

    static Dictionary<string, string> Notes(IEnumerable<IReadOnlyDictionary<string, double>> runs) => new()
    {
        ["flooded"] = string.Join("; ", runs.Select(run => $"{run[Figure.Goodput]:0}/s settled, {run[Figure.GoodputShare]:0%} of the peak; "
            + $"{run[Figure.Accepted]} accepted, {run[Figure.Refused]} refused; normal after {run[Figure.NormalAfter]:0} s")),
    };
}
