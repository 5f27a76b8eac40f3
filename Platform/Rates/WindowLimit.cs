namespace OrderSaga.Platform.Rates;

/// <summary>
/// So many requests within any time of one length, exactly. A count has the times of the last requests. A request counts as one, whatever it
/// costs. A token bucket with the same numbers would accept almost twice as many within that time.
/// </summary>
public sealed class WindowLimit : RateLimit
{
    const long Free = long.MinValue;

    readonly long length;

    /// <param name="name">See <see cref="RateLimit.Name"/>.</param>
    /// <param name="max">Maximum number of requests within the time; a caller's count needs 8 bytes for each.</param>
    /// <param name="seconds">The time.</param>
    public WindowLimit(string name, int max, int seconds) : base(name, max, seconds)
    {
        length = seconds * TimeSpan.TicksPerSecond;
        Size = $"{max} within {seconds} s";
    }

    public override string Size { get; }

    public override long[] NewCount()
    {
        var times = new long[Quota];
        Array.Fill(times, Free);
        return times;
    }

    internal override bool TryTake(long[] count, int cost, long now)
    {
        lock (count)
        {
            var oldest = 0;
            for (var i = 1; i < count.Length; i++)
                if (count[i] < count[oldest])
                    oldest = i;
            if (count[oldest] > now - length)
                return false;
            count[oldest] = now;
            return true;
        }
    }

    internal override void GiveBack(long[] count, int cost, long takenAt)
    {
        lock (count)
        {
            var taken = Array.IndexOf(count, takenAt);
            if (taken >= 0)
                count[taken] = Free;
        }
    }

    internal override Allowance Left(long[] count, int cost, long now)
    {
        var (left, oldest) = (0, now);
        lock (count)
        {
            foreach (var time in count)
            {
                if (time <= now - length)
                    left++;
                else
                    oldest = Math.Min(oldest, time);
            }
        }

        var window = TimeSpan.FromTicks(oldest + length - now);
        return new Allowance(left, left > 0 ? TimeSpan.Zero : window, window);
    }
}
