namespace OrderSaga.Bench;

/// <summary>Runs a load until its throughput is steady: the JIT is quiet, pools and caches are filled.</summary>
static class WarmUp
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <summary>Two windows after one another count as the same within this share; two such pairs are wanted.</summary>
    const double Same = 0.1;
    const int Pairs = 2;

    /// <returns>Settled orders per second at its end.</returns>
    public static async Task<double> Run(OurSystem system, Workload workload, Options options)
    {
        var load = new Loads(system.Placer, workload, $"warm-{Guid.CreateVersion7():N}");
        using var flight = new InFlight(system.Orders, options.InFlight);
        using var stop = new CancellationTokenSource(Most);
        using var unwatch = new CancellationTokenSource();
        var watch = flight.Watch(unwatch.Token);
        var placing = load.Closed(options.Callers, new Bounds(Most), flight, stop.Token);
        var rate = await Steady(flight, placing);
        await stop.CancelAsync();
        await placing;
        await unwatch.CancelAsync();
        await watch;
        system.Know(load);
        await system.Drain();
        return rate;
    }

    static async Task<double> Steady(InFlight flight, Task placing)
    {
        using var timer = new PeriodicTimer(Window);
        var (rate, settled, same) = (0.0, 0, 0);
        while (same < Pairs && !placing.IsCompleted && await timer.WaitForNextTickAsync())
        {
            var now = flight.Settled;
            var next = (now - settled) / Window.TotalSeconds;
            same = Math.Abs(next - rate) <= Same * rate ? same + 1 : 0;
            (rate, settled) = (next, now);
            Progress.Say($"    warm-up: {rate:0} orders/s");
        }

        return rate;
    }
}
