namespace OrderSaga.Bench;

/// <summary>Runs a load until the JIT compilers are idle and the throughput is stable; pools and caches are filled then.</summary>
static class WarmUp
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    /// <summary>Two consecutive windows within this share count as stable; two such pairs are required.</summary>
    const double Same = 0.1;
    const int Pairs = 2;

    /// <summary>Maximum share of one processor that the compilers may still use.</summary>
    const double QuietJit = 0.05;

    /// <returns>Settled orders per second at the end.</returns>
    public static async Task<double> Run(OurSystem system, Workload workload, Options options)
    {
        var load = new Loads(system.Placer, workload, $"warm-{Guid.CreateVersion7():N}");
        using var flight = new InFlight(system.Orders, options.InFlight);
        using var stop = new CancellationTokenSource(Timeout);
        using var unwatch = new CancellationTokenSource();
        var watch = flight.Watch(unwatch.Token);
        var placing = load.Closed(options.Callers, new Bounds(Timeout), flight, stop.Token);
        var rate = await Steady(system, flight, placing);
        await stop.CancelAsync();
        await placing;
        await unwatch.CancelAsync();
        await watch;
        system.Know(load);
        await system.Drain();
        return rate;
    }

    static async Task<double> Steady(OurSystem system, InFlight flight, Task placing)
    {
        using var timer = new PeriodicTimer(Window);
        var (rate, settled, same) = (0.0, 0, 0);
        var (compiled, jit) = (system.CompileTime(), 1.0);
        while ((jit > QuietJit || same < Pairs) && !placing.IsCompleted && await timer.WaitForNextTickAsync())
        {
            var now = flight.Settled;
            var next = (now - settled) / Window.TotalSeconds;
            same = Math.Abs(next - rate) <= Same * rate ? same + 1 : 0;
            (rate, settled) = (next, now);
            (jit, compiled) = ((system.CompileTime() - compiled) / Window.TotalMilliseconds, system.CompileTime());
            Progress.Say($"    warm-up: {rate:0} orders/s, compilers take {jit:P0} of a processor");
        }

        return rate;
    }
}
