using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrderSaga.Bench;

/// <summary>Limits of a load.</summary>
/// <param name="Duration">Maximum duration of placing.</param>
/// <param name="Orders">Maximum number of orders.</param>
sealed record Bounds(TimeSpan Duration, int Orders = int.MaxValue);

/// <summary>Generates load.</summary>
/// <param name="placer">Sends the orders.</param>
/// <param name="workload">Generates the orders.</param>
/// <param name="name">Prefix of the load's idempotency keys.</param>
sealed class Loads(Placer placer, Workload workload, string name)
{
    static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(2);

    int started;
    int refused;

    public ConcurrentBag<Placement> Placed { get; } = [];

    /// <summary>Orders refused with 429 or 503 and not repeated.</summary>
    public int Refused => refused;

    /// <summary>
    /// Closed loop: each caller places its next order after its answer, when <paramref name="flight"/> (if given) has room.
    /// </summary>
    public async Task Closed(int callers, Bounds bounds, InFlight? flight, CancellationToken cancel = default)
    {
        var watch = Stopwatch.StartNew();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(bounds.Duration);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => Caller(bounds, watch, flight, limit.Token), CancellationToken.None)));
    }

    /// <summary>Open loop at a fixed rate, whatever the answers. A refused order is dropped or repeated.</summary>
    public async Task Paced(double perSecond, Bounds bounds, bool again = true, CancellationToken stop = default)
    {
        var watch = Stopwatch.StartNew();
        var calls = new List<Task>();
        using var timer = new PeriodicTimer(TickInterval);
        while (watch.Elapsed < bounds.Duration && started < bounds.Orders && !stop.IsCancellationRequested)
        {
            for (var due = Math.Min(watch.Elapsed.TotalSeconds * perSecond, bounds.Orders); started < due; started++)
                calls.Add(One(workload.Order(name, started), again));
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }

        await Task.WhenAll(calls);
    }

    async Task Caller(Bounds bounds, Stopwatch watch, InFlight? flight, CancellationToken stop)
    {
        while (watch.Elapsed < bounds.Duration)
        {
            if (flight is not null && !await Entered(flight, stop))
                return;
            var number = Interlocked.Increment(ref started) - 1;
            if (number >= bounds.Orders || stop.IsCancellationRequested)
            {
                flight?.Leave();
                return;
            }

            Placed.Add(await placer.Place(workload.Order(name, number), CancellationToken.None));
            flight?.Acknowledged();
        }
    }

    static async Task<bool> Entered(InFlight flight, CancellationToken stop)
    {
        try
        {
            await flight.Enter(stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    async Task One(Draft draft, bool again)
    {
        if (again)
            Placed.Add(await placer.Place(draft, CancellationToken.None));
        else if (await placer.Try(draft, CancellationToken.None) is { Placed: { } placed })
            Placed.Add(placed);
        else
            Interlocked.Increment(ref refused);
    }
}
