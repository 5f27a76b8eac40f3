using System.Diagnostics;
using System.Runtime;

namespace OrderSaga.Bench;

/// <summary>One run of one baseline: the warm-up, then the measured part between the two phases.</summary>
sealed class Trial(string name, BaselineSettings settings, Func<string, Task> phase)
{
    /// <summary>The warm-up ends with a round in which at most this many methods are compiled.</summary>
    const int QuietMethods = 40;

    const int MaxRounds = 12;
    readonly Dictionary<string, string> notes = [];

    public BaselineSettings Settings => settings;

    public Task Phase(string of) => phase(of);

    public void AddNote(string key, string text)
    {
        notes[key] = text;
        Say($"{key}: {text}");
    }

    public void Say(string text) => Console.Error.WriteLine($"{name}: {text}");

    /// <param name="run">Runs a number of orders to their final state; returns each duration in milliseconds, NaN for an unfinished
    /// one.</param>
    /// <param name="held">Checks that goods and money are conserved at the end.</param>
    /// <param name="choose">Chooses parameters after the warm-up.</param>
    public async Task<BaselineResult> Measure(Func<int, Task<double[]>> run, Func<Task<bool>> held, Func<Task>? choose = null)
    {
        var lost = await WarmUp(run);
        if (choose is not null)
            await choose();
        GC.Collect();
        var warmUp = Environment.CpuUsage.TotalTime.TotalMilliseconds;

        await phase("warm");
        Say($"runs {settings.Orders}");
        var start = Stopwatch.GetTimestamp();
        var times = await run(settings.Orders);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await phase("done");

        var settled = times.Where(time => !double.IsNaN(time)).Order().ToList();
        lost += times.Length - settled.Count;
        Say($"{settled.Count / seconds:F0}/s");
        return new BaselineResult(name, settled.Count, seconds, warmUp, At(settled, 0.5), At(settled, 0.95), At(settled, 0.99),
            await held() && lost == 0, notes);
    }

    /// <summary>Repeats rounds until the JIT compiles almost nothing.</summary>
    async Task<int> WarmUp(Func<int, Task<double[]>> run)
    {
        var (lost, rounds, compiled) = (0, 0, 0L);
        do
        {
            var before = JitInfo.GetCompiledMethodCount();
            lost += (await run(settings.WarmUpOrders)).Count(double.IsNaN);
            compiled = JitInfo.GetCompiledMethodCount() - before;
            Say($"warm-up {++rounds}: {settings.WarmUpOrders}, {compiled} methods compiled");
        }
        while (compiled > QuietMethods && rounds < MaxRounds);
        notes["warm-up"] = $"{rounds} x {settings.WarmUpOrders}, {compiled} methods compiled in the last";
        return lost;
    }

    public BaselineResult Result(int settled, double seconds, double warmUp, double milliseconds, bool held) =>
        new(name, settled, seconds, warmUp, milliseconds, milliseconds, milliseconds, held, notes);

    static double At(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
}
