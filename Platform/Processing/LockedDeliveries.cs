using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Processing;

/// <summary>
/// Keeps the deliveries of an endpoint that met a row locked by another transaction, so that their batcher continues with the others. The
/// deliveries of one batch become a group, which is tried again at once. A part that meets a lock is split until locked deliveries are alone;
/// the others are handled. The locked ones are retried after a growing delay. Later deliveries with the same correlation id join the end of
/// the group. All stay unacknowledged, so <see cref="Limits.Prefetch"/> bounds their number.
/// </summary>
/// <param name="endpoint">Name of the queue.</param>
/// <param name="run">Handles some deliveries in one transaction that waits only briefly for a lock.</param>
/// <param name="batchSize">Maximum number of deliveries in one transaction.</param>
/// <param name="retrySlots">Limits how many groups of a database are retried at the same time.</param>
/// <param name="clock">Measures the delays.</param>
/// <param name="log">Logs waiting deliveries.</param>
/// <param name="stopping">On cancellation the waiting deliveries return to the queue.</param>
sealed class LockedDeliveries(
    string endpoint, Func<IReadOnlyList<Delivery>, Task> run, int batchSize, SemaphoreSlim retrySlots, TimeProvider clock, ILogger log,
    CancellationToken stopping)
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);
    static readonly UpDownCounter<int> Waiting = Instruments.Meter.CreateUpDownCounter<int>(
        "ordersaga.deliveries.locked", "{message}", "Deliveries that wait for a row locked by another transaction");

    readonly Lock gate = new();
    readonly Dictionary<Guid, List<Delivery>> groups = [];

    /// <summary>
    /// Defers the deliveries about an order that has deferred ones already, because they must not overtake those. Returns the others.
    /// </summary>
    public IReadOnlyList<Delivery> DeferFollowers(IReadOnlyList<Delivery> batch)
    {
        lock (gate)
            return groups.Count == 0 ? batch : [.. batch.Where(delivery => !JoinGroup(delivery))];
    }

    /// <summary>Takes over deliveries that met a lock and retries them.</summary>
    public void Defer(IReadOnlyList<Delivery> batch)
    {
        if (batch.Count == 0)
            return;
        var group = new List<Delivery>();
        lock (gate)
        {
            foreach (var delivery in batch.Where(delivery => !JoinGroup(delivery)))
                Add(group, delivery);
        }

        if (group.Count > 0)
            _ = Task.Run(() => RetryUntilDone(group), CancellationToken.None);
    }

    bool JoinGroup(Delivery delivery)
    {
        if (delivery.Context.CorrelationId is not { } id || !groups.TryGetValue(id, out var group))
            return false;
        Add(group, delivery);
        return true;
    }

    void Add(List<Delivery> group, Delivery delivery)
    {
        delivery.Defer();
        group.Add(delivery);
        if (delivery.Context.CorrelationId is { } id)
            groups[id] = group;
        Waiting.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));
    }

    async Task RetryUntilDone(List<Delivery> group)
    {
        for (var delay = FirstDelay; !await TryGroup(group); delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay)
        {
            log.LogInformation("{Count} deliveries on {Endpoint} wait for locked rows; retrying in {Delay}", group.Count, endpoint, delay);
            await clock.Delay(delay, stopping);
        }
    }

    /// <summary>Returns true when the group is empty.</summary>
    async Task<bool> TryGroup(List<Delivery> group)
    {
        await retrySlots.WaitAsync(CancellationToken.None);
        try
        {
            List<Delivery> all;
            lock (gate)
                all = [.. group];
            var lockedIds = new HashSet<Guid>();
            foreach (var batch in all.Chunk(batchSize))
                Release(group, batch, await HandleUnlocked(batch, lockedIds));
            lock (gate)
                return group.Count == 0;
        }
        finally
        {
            retrySlots.Release();
        }
    }

    /// <summary>Handles the unlocked deliveries; returns those that are still locked.</summary>
    async Task<HashSet<Delivery>> HandleUnlocked(IReadOnlyList<Delivery> batch, HashSet<Guid> lockedIds)
    {
        var locked = new HashSet<Delivery>();
        await BatchSplitter.Run(
            batch, part => part.Any(HasEarlierLocked)
                ? throw new DatabaseBusyException("An earlier delivery with the same correlation id waits for a locked row.") : run(part),
            Fail, failure => DatabaseErrors.Classify(failure) != FailureKind.Unavailable);
        return locked;

        bool HasEarlierLocked(Delivery delivery) => delivery.Context.CorrelationId is { } id && lockedIds.Contains(id);

        void Fail(Delivery delivery, Exception failure)
        {
            if (!DatabaseErrors.IsTransient(failure) || stopping.IsCancellationRequested)
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
                groups.Remove(id);
        }

        Waiting.Add(-done.Count, new KeyValuePair<string, object?>("endpoint", endpoint));
        foreach (var delivery in done)
            delivery.Release();
    }
}
