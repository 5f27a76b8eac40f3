namespace OrderSaga.Platform.Rates;

/// <summary>
/// An average and a burst: a token bucket. A count is one number, the time at which the bucket will be full again (GCRA, ITU-T I.371). So no
/// timer fills it, and a change of the rate needs no new count.
/// </summary>
public sealed class BucketLimit : RateLimit
{
    /// <summary>An empty bucket is full after this time at the latest: a caller that was idle must not get hours of work at once.</summary>
    public const int MaxFillSeconds = 3600;

    readonly int perSecond;
    readonly long interval;
    readonly long size;

    BucketLimit(string name, int perSecond, int burst) : base(name, burst, (burst + perSecond - 1) / perSecond)
    {
        this.perSecond = perSecond;
        interval = TimeSpan.TicksPerSecond / perSecond;
        size = burst * interval;
    }

    public override string Size => $"{perSecond} a second on average, {Quota} at once";

    /// <summary>Returns null for the rate 0: no limit.</summary>
    /// <param name="name">See <see cref="RateLimit.Name"/>.</param>
    /// <param name="perSecond">Permits per second, on average.</param>
    /// <param name="burst">Permits at once; null: those of two seconds.</param>
    /// <param name="isShared">See <see cref="RateLimit.IsShared"/>.</param>
    public static BucketLimit? Of(string name, int perSecond, int? burst, bool isShared = false) =>
        perSecond == 0 ? null : new BucketLimit(name, perSecond, burst ?? 2 * perSecond) { IsShared = isShared };

    /// <summary>True for a burst of at least a second and at most <see cref="MaxFillSeconds"/>.</summary>
    public static bool IsBurst(int? burst, int perSecond) =>
        burst is null || perSecond == 0 || (burst >= perSecond && burst <= MaxFillSeconds * (long)perSecond);

    public override long[] NewCount() => [0];

    internal override bool TryTake(long[] count, int cost, long now)
    {
        var before = Volatile.Read(ref count[0]);
        while (true)
        {
            var full = Math.Max(before, now) + TicksOf(cost);
            if (full - now > size)
                return false;
            var found = Interlocked.CompareExchange(ref count[0], full, before);
            if (found == before)
                return true;
            before = found;
        }
    }

    internal override void GiveBack(long[] count, int cost, long takenAt) => Interlocked.Add(ref count[0], -TicksOf(cost));

    internal override Allowance Left(long[] count, int cost, long now)
    {
        var used = Math.Max(Volatile.Read(ref count[0]) - now, 0);
        return new Allowance(
            Math.Max(size - used, 0) / interval, TimeSpan.FromTicks(Math.Max(used + TicksOf(cost) - size, 0)), TimeSpan.FromTicks(interval));
    }

    /// <summary>A request that costs more than the burst takes all of it: otherwise it would never be accepted.</summary>
    long TicksOf(int cost) => Math.Min(cost, Quota) * interval;
}
