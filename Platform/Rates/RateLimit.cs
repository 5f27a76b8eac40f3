using System.Runtime.InteropServices;

namespace OrderSaga.Platform.Rates;

/// <summary>
/// A limit on how often a caller may do something. The limit has no count: each caller has its own, an array that only the limit reads and
/// changes. Times are by <see cref="RateCharge.Now"/>.
/// </summary>
public abstract class RateLimit
{
    /// <param name="name">Its name for callers and operators: printable ASCII without quotes.</param>
    /// <param name="quota">Maximum number of permits at once.</param>
    /// <param name="seconds">The time in which a caller gets that many permits.</param>
    private protected RateLimit(string name, int quota, int seconds) => (Name, Quota, Policy) = (name, quota, $"\"{name}\";q={quota};w={seconds}");

    public string Name { get; }

    public int Quota { get; }

    /// <summary>The limit as an item of the header field RateLimit-Policy.</summary>
    public string Policy { get; }

    /// <summary>The limit in words.</summary>
    public abstract string Size { get; }

    /// <summary>True if all callers have one count: its size and its state are not for callers.</summary>
    public bool IsShared { get; init; }

    /// <summary>The count of a caller that has done nothing yet.</summary>
    public abstract long[] NewCount();

    /// <summary>Takes the permits, or nothing.</summary>
    internal abstract bool TryTake(long[] count, int cost, long now);

    /// <summary>Undoes <see cref="TryTake"/>, soon after it: an average that has filled up since gives a permit more.</summary>
    internal abstract void GiveBack(long[] count, int cost, long takenAt);

    /// <summary>What the caller has left, and when it could take <paramref name="cost"/> permits.</summary>
    internal abstract Allowance Left(long[] count, int cost, long now);
}

/// <summary>What a caller has left under a limit.</summary>
/// <param name="Permits">What it can take now.</param>
/// <param name="Wait">How long until it can take what its request costs; zero: now.</param>
/// <param name="Window">How long until it has more permits.</param>
[StructLayout(LayoutKind.Auto)]
readonly record struct Allowance(long Permits, TimeSpan Wait, TimeSpan Window);
