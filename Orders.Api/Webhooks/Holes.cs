namespace Orders.Api.Webhooks;

/// <summary>
/// Reading rows forward by an id that counts up when rows are written and not when they are committed: an id that is missing between others
/// belongs to a transaction that is still under way, or to one that was rolled back. It is waited for as long as any transaction can last.
/// </summary>
/// <param name="after">Everything up to this id is dealt with.</param>
sealed class Holes(long after)
{
    /// <summary>More are not kept: reading on waits until they have come or are given up.</summary>
    public const int Most = 20_000;

    readonly SortedDictionary<long, long> missing = [];

    /// <summary>The highest id read.</summary>
    public long Head { get; private set; } = after;

    public IReadOnlyCollection<long> Missing => missing.Keys;

    /// <summary>Whoever reads on from here misses nothing.</summary>
    public long DealtWith => missing.Count == 0 ? Head : missing.Keys.First() - 1;

    /// <summary>So many ids may be read on.</summary>
    public bool MayReadOn => missing.Count < Most;

    /// <summary>A row beyond the head, in the order of the ids.</summary>
    public void Pass(long id, long now)
    {
        for (var between = Math.Max(Head + 1, id - Most); between < id; between++)
            missing.Add(between, now);
        Head = id;
    }

    /// <summary>A row that was missing is there.</summary>
    public void Fill(long id) => missing.Remove(id);

    /// <summary>What has been missing since then will not come.</summary>
    public void GiveUp(long missingSince)
    {
        foreach (var id in missing.Where(pair => pair.Value <= missingSince).Select(pair => pair.Key).ToList())
            missing.Remove(id);
    }

    /// <summary>A copy to go on with: it counts only once its transaction has committed.</summary>
    public Holes Copy()
    {
        var copy = new Holes(Head);
        foreach (var (id, since) in missing)
            copy.missing.Add(id, since);
        return copy;
    }
}
