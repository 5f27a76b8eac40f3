using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>A fixed number of workers; each takes the next order when it has finished one.</summary>
static class Workers
{
    /// <param name="count">Number of orders.</param>
    /// <param name="workers">Number of concurrent workers.</param>
    /// <param name="one">Runs one order to its final state; gets the numbers of worker and order.</param>
    /// <returns>Milliseconds by order; NaN for one that was not finished in time.</returns>
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
