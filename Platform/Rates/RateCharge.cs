using System.Diagnostics.CodeAnalysis;

namespace OrderSaga.Platform.Rates;

/// <summary>A limit that applies to a request, and the count of its caller.</summary>
public readonly record struct RateClaim(RateLimit Limit, long[] Count);

/// <summary>The limits that refuse a request.</summary>
/// <param name="Limits">At least one.</param>
/// <param name="Wait">How long until the last of them would accept it.</param>
public sealed record RateExcess(IReadOnlyList<RateLimit> Limits, TimeSpan Wait)
{
    /// <summary>Whole seconds, at least one.</summary>
    public int RetryAfterSeconds => Math.Max(1, (int)Math.Ceiling(Wait.TotalSeconds));
}

/// <summary>What a request takes from the limits that apply to it: from all of them, or from none. Only one thread uses it at a time.</summary>
/// <param name="clock">Its elapsed time counts; the time of day does not.</param>
/// <param name="claims">The limits.</param>
/// <param name="cost">Permits that the request takes from each limit.</param>
public sealed class RateCharge(TimeProvider clock, IReadOnlyList<RateClaim> claims, int cost = 1)
{
    long? takenAt;

    /// <summary>A time for the counts: of a steady clock, in units of 100 ns.</summary>
    public static long Now(TimeProvider clock) => clock.GetElapsedTime(0).Ticks;

    /// <summary>Takes the permits, unless it has them already: the caller's transaction may run again.</summary>
    /// <param name="excess">The limits that refuse the request; nothing is taken then.</param>
    public bool TryTake([NotNullWhen(false)] out RateExcess? excess)
    {
        excess = null;
        if (takenAt is not null)
            return true;
        var now = Now(clock);
        for (var i = 0; i < claims.Count; i++)
        {
            if (claims[i].Limit.TryTake(claims[i].Count, cost, now))
                continue;
            GiveBack(i, now);
            excess = Excess(now) ?? new RateExcess([claims[i].Limit], TimeSpan.Zero);
            return false;
        }

        takenAt = now;
        return true;
    }

    /// <summary>Gives back what was taken, for a request that changed nothing.</summary>
    public void GiveBack()
    {
        if (takenAt is { } at)
            GiveBack(claims.Count, at);
        takenAt = null;
    }

    /// <summary>The limits that would refuse the request now; null if none would. Takes nothing.</summary>
    public RateExcess? Excess() => Excess(Now(clock));

    /// <summary>What the caller has left under its own limits, not under shared ones.</summary>
    internal IEnumerable<(RateLimit Limit, Allowance Left)> Left()
    {
        var now = Now(clock);
        return claims.Where(claim => !claim.Limit.IsShared).Select(claim => (claim.Limit, claim.Limit.Left(claim.Count, cost, now)));
    }

    RateExcess? Excess(long now)
    {
        var refusing = claims.Select(claim => (claim.Limit, claim.Limit.Left(claim.Count, cost, now).Wait))
            .Where(claim => claim.Wait > TimeSpan.Zero).ToList();
        return refusing.Count == 0 ? null : new RateExcess([.. refusing.Select(claim => claim.Limit)], refusing.Max(claim => claim.Wait));
    }

    void GiveBack(int taken, long at)
    {
        for (var i = 0; i < taken; i++)
            claims[i].Limit.GiveBack(claims[i].Count, cost, at);
    }
}
