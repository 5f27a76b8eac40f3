namespace OrderSaga.Platform.Database;

/// <summary>
/// Reads rows in the order of an id that is assigned on insert, not on commit: a missing id belongs to a transaction that is still in
/// progress, or that was rolled back. The reader waits for it as long as a transaction can last. Not safe for concurrent use.
/// </summary>
/// <param name="after">All ids up to this one are processed.</param>
public sealed class SequenceGaps(long after)
{
    /// <summary>Maximum number of missing ids; then reading stops until they have arrived or are given up.</summary>
    public const int MaxGaps = 20_000;

    readonly SortedDictionary<long, long> missing = [];

    /// <summary>The highest id read.</summary>
    public long Head { get; private set; } = after;

    /// <summary>The missing ids, in order.</summary>
    public IReadOnlyCollection<long> Missing => missing.Keys;

    /// <summary>A reader that restarts after this id misses nothing.</summary>
    public long Resolved => missing.Count == 0 ? Head : missing.Keys.First() - 1;

    /// <summary>True while there are few enough missing ids to read further.</summary>
    public bool CanReadOn => missing.Count < MaxGaps;

    /// <summary>Records a row beyond the head; call in the order of the ids.</summary>
    public void Pass(long id, long now)
    {
        for (var between = Math.Max(Head + 1, id - MaxGaps); between < id; between++)
            missing.Add(between, now);
        Head = id;
    }

    /// <summary>Records that a missing row has arrived.</summary>
    public void Fill(long id) => missing.Remove(id);

    /// <summary>Gives up ids missing since then.</summary>
    public void GiveUp(long missingSince)
    {
        foreach (var id in missing.Where(pair => pair.Value <= missingSince).Select(pair => pair.Key).ToList())
            missing.Remove(id);
    }

    /// <summary>A working copy; keep it only after its transaction has committed.</summary>
    public SequenceGaps Copy()
    {
        var copy = new SequenceGaps(Head);
        foreach (var (id, since) in missing)
            copy.missing.Add(id, since);
        return copy;
    }
}
