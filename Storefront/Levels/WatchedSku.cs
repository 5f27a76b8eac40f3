namespace OrderSaga.Storefront.Levels;

/// <param name="Available">Pieces that an order can reserve.</param>
/// <param name="Since">Timestamp of this process's steady clock, taken before its query was sent.</param>
sealed record Level(long Available, long Since);

/// <summary>A sku that a page showed lately.</summary>
sealed class WatchedSku(string name)
{
    readonly Lock gate = new();
    Level? level;
    long lastRead;

    public string Name => name;

    /// <summary>Null before the first answer.</summary>
    public Level? Level => Volatile.Read(ref level);

    /// <summary>Timestamp of the last page that showed it.</summary>
    public long LastRead
    {
        get => Volatile.Read(ref lastRead);
        set => Volatile.Write(ref lastRead, value);
    }

    /// <summary>Keeps the level unless the query of the next one was sent before its own: two queries can be in progress.</summary>
    public void Set(Level next)
    {
        lock (gate)
        {
            if (level is null || level.Since <= next.Since)
                Volatile.Write(ref level, next);
        }
    }
}
