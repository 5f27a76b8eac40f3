using System.Diagnostics;

namespace Testing;

/// <summary>Waits for a condition with a deadline. Never waits for time to pass.</summary>
public static class Eventually
{
    static readonly TimeSpan Default = TimeSpan.FromSeconds(60);

    /// <summary>Polls until <paramref name="condition"/> holds; throws with <paramref name="what"/> after the deadline.</summary>
    public static async Task Holds(string what, Func<Task<bool>> condition, TimeSpan? within = null)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await condition())
        {
            if (watch.Elapsed > (within ?? Default))
                throw new TimeoutException($"After {watch.Elapsed.TotalSeconds:0.0} s it still did not hold: {what}");
            await timer.WaitForNextTickAsync();
        }
    }

    public static Task Holds(string what, Func<bool> condition, TimeSpan? within = null) => Holds(what, () => Task.FromResult(condition()), within);

    /// <summary>Polls until the value is as wanted. Otherwise throws with the last value.</summary>
    public static async Task<T> Becomes<T>(string what, Func<Task<T>> read, Func<T, bool> wanted, TimeSpan? within = null)
    {
        var last = default(T);
        try
        {
            await Holds(what, async () => wanted(last = await read()), within);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; last seen: {last}", late);
        }

        return last!;
    }
}
