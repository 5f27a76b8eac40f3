using System.Collections.Concurrent;

namespace OrderSaga.Platform.Rates;

/// <summary>
/// The counts of many callers under one limit. Some of their names are chosen by callers, so their number is bounded. When half of the
/// maximum is reached, or after the lifetime, a new generation begins. A caller that does nothing in a whole generation is forgotten and
/// starts with an empty count: a flood of new names refuses no other caller.
/// </summary>
/// <param name="maxCallers">Maximum number of counts; concurrent calls can add a few more.</param>
/// <param name="lifetime">A count that was not used for this long is empty, so nothing is lost with it.</param>
public sealed class CallerTable<TKey>(int maxCallers, TimeSpan lifetime) where TKey : notnull
{
    readonly int maxGeneration = Math.Max(1, maxCallers / 2);
    readonly Lock turn = new();
    volatile Generation current = new(new ConcurrentDictionary<TKey, long[]>(), 0);

    /// <summary>How many callers have a count.</summary>
    internal int Count => current.Young.Count + current.Old.Count(pair => !current.Young.ContainsKey(pair.Key));

    /// <summary>The count of the caller, which the limit makes if there is none.</summary>
    public long[] CountOf(TKey caller, RateLimit limit, long now)
    {
        var generation = current;
        if (generation.Young.TryGetValue(caller, out var count))
            return count;
        if (Volatile.Read(ref generation.Added) >= maxGeneration || now - generation.Since >= lifetime.Ticks)
            generation = Turn(generation, now);
        if (!generation.Old.TryGetValue(caller, out count))
            count = limit.NewCount();
        var kept = generation.Young.GetOrAdd(caller, count);
        if (kept == count)
            Interlocked.Increment(ref generation.Added);
        return kept;
    }

    Generation Turn(Generation full, long now)
    {
        lock (turn)
            return current == full ? (current = new Generation(full.Young, now)) : current;
    }

    /// <param name="old">The counts of the generation before.</param>
    /// <param name="since">When it began.</param>
    sealed class Generation(ConcurrentDictionary<TKey, long[]> old, long since)
    {
        public int Added;

        public ConcurrentDictionary<TKey, long[]> Old => old;
        public ConcurrentDictionary<TKey, long[]> Young { get; } = new();
        public long Since => since;
    }
}
