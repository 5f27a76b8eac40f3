using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Batches;

/// <summary>
/// Where an endpoint's deliveries wait whose rows another transaction has locked, so that their lane goes on with the others. Each batch that met a lock is
/// a group: it is taken apart by halves, what is not locked is handled at once, and the rest is tried again after a growing pause. What comes for
/// the same thing meanwhile joins the group, behind. All of them are unacknowledged: <see cref="Limits.Prefetch"/> bounds their number.
/// </summary>
/// <param name="endpoint">The name of the queue.</param>
/// <param name="run">Handles some of them in one transaction that waits no more than a moment for a lock.</param>
/// <param name="batchSize">The largest number of deliveries in one transaction.</param>
/// <param name="turns">Bounds the groups of a database that are tried at the same time.</param>
/// <param name="clock">Measures the pauses.</param>
/// <param name="log">Logs that deliveries wait.</param>
/// <param name="stopping">Deliveries that still wait when it is cancelled go back to the queue.</param>
sealed class LockedDeliveries(
    string endpoint, Func<IReadOnlyList<Delivery>, Task> run, int batchSize, SemaphoreSlim turns, TimeProvider clock, ILogger log, CancellationToken stopping)
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    static readonly UpDownCounter<int> Waiting = Instruments.Meter.CreateUpDownCounter<int>(
        "ordersaga.deliveries.locked", "{message}", "Deliveries that wait for a row that another transaction has locked");

    readonly Lock gate = new();
    readonly Dictionary<Guid, List<Delivery>> groupOf = [];

    /// <summary>The deliveries that may go on; the others have joined those that wait for the same thing.</summary>
    public IReadOnlyList<Delivery> Admit(IReadOnlyList<Delivery> batch)
    {
        lock (gate)
            return groupOf.Count == 0 ? batch : [.. batch.Where(delivery => !Joins(delivery))];
    }

    /// <summary>They met a lock: they are tried again from here.</summary>
    public void Take(IReadOnlyList<Delivery> batch)
    {
        if (batch.Count == 0)
            return;
        var group = new List<Delivery>();
        lock (gate)
        {
            foreach (var delivery in batch.Where(delivery => !Joins(delivery)))
                Add(group, delivery);
        }

        if (group.Count > 0)
            _ = Task.Run(() => TryUntilDone(group), CancellationToken.None);
    }

    bool Joins(Delivery delivery)
    {
        if (delivery.Context.CorrelationId is not { } id || !groupOf.TryGetValue(id, out var group))
            return false;
        Add(group, delivery);
        return true;
    }

    void Add(List<Delivery> group, Delivery delivery)
    {
        delivery.StepAside();
        group.Add(delivery);
        if (delivery.Context.CorrelationId is { } id)
            groupOf[id] = group;
        Waiting.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));
    }

    async Task TryUntilDone(List<Delivery> group)
    {
        for (var pause = FirstPause; !await TryOnce(group); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            log.LogInformation("{Count} deliveries at {Endpoint} wait for locked rows; trying again in {Pause}", group.Count, endpoint, pause);
            await clock.Pause(pause, stopping);
        }
    }

    /// <summary>True when the group is empty.</summary>
    async Task<bool> TryOnce(List<Delivery> group)
    {
        await turns.WaitAsync(CancellationToken.None);
        try
        {
            List<Delivery> all;
            lock (gate)
                all = [.. group];
            var locked = new HashSet<Guid>();
            foreach (var batch in all.Chunk(batchSize))
                Release(group, batch, await StillLocked(batch, locked));
            lock (gate)
                return group.Count == 0;
        }
        finally
        {
            turns.Release();
        }
    }

    async Task<HashSet<Delivery>> StillLocked(IReadOnlyList<Delivery> batch, HashSet<Guid> lockedIds)
    {
        var locked = new HashSet<Delivery>();
        await Halves.Run(batch, part => part.Any(IsBehind) ? throw new DatabaseBusyException("It is behind one that waits.") : run(part), Fail,
            failure => DatabaseErrors.Classify(failure) != FailureKind.Unavailable);
        return locked;

        bool IsBehind(Delivery delivery) => delivery.Context.CorrelationId is { } id && lockedIds.Contains(id);

        void Fail(Delivery delivery, Exception failure)
        {
            if (!DatabaseErrors.MeansWait(failure) || stopping.IsCancellationRequested)
                delivery.Fail(failure);
            else if (locked.Add(delivery) && delivery.Context.CorrelationId is { } id)
                lockedIds.Add(id);
        }
    }

    void Release(List<Delivery> group, IReadOnlyList<Delivery> batch, HashSet<Delivery> locked)
    {
        var done = batch.Where(delivery => !locked.Contains(delivery)).ToHashSet();
        lock (gate)
        {
            group.RemoveAll(done.Contains);
            var kept = group.Select(delivery => delivery.Context.CorrelationId).ToHashSet();
            foreach (var id in done.Select(delivery => delivery.Context.CorrelationId).OfType<Guid>().Where(id => !kept.Contains(id)))
                groupOf.Remove(id);
        }

        Waiting.Add(-done.Count, new KeyValuePair<string, object?>("endpoint", endpoint));
        foreach (var delivery in done)
            delivery.Return();
    }
}
