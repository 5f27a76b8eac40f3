using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>A fixed number of workers that take the next order as soon as they have ended one.</summary>
static class Workers
{
    /// <param name="count">Orders.</param>
    /// <param name="workers">At once.</param>
    /// <param name="one">Takes one order to its end; is told which worker, and which order.</param>
    /// <returns>Milliseconds by order; NaN for one that did not come to its end in time.</returns>
    public static async Task<double[]> Run(int count, int workers, Func<int, int, Task> one)
    {
        var times = new double[count];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            for (var order = Interlocked.Increment(ref next); order < count; order = Interlocked.Increment(ref next))
            {
                var start = Stopwatch.GetTimestamp();
                times[order] = await Ends(one(worker, order)) ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : double.NaN;
            }
        })));
        return times;
    }

    static async Task<bool> Ends(Task order)
    {
        try
        {
            await order;
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
