namespace OrderSaga.Platform.Rates;

/// <summary>
/// Bounds the lines of a log that callers can write without limit: ten at once and one a second for each kind, so that a flood of one
/// neither fills the disk nor hides another.
/// </summary>
/// <typeparam name="T">The class that logs.</typeparam>
public sealed class LogSampler<T>(TimeProvider clock)
{
    const int Burst = 10, MaxKinds = 1000;

    static readonly BucketLimit Lines = BucketLimit.Of("log lines", perSecond: 1, Burst)!;

    readonly CallerTable<string> kinds = new(MaxKinds, TimeSpan.FromSeconds(Burst));
    long skippedLines;

    /// <summary>True if a line may be written now.</summary>
    /// <param name="kind">From a bounded set.</param>
    /// <param name="skipped">The lines of all kinds that were left out since the last one.</param>
    public bool Takes(string kind, out long skipped)
    {
        var now = RateCharge.Now(clock);
        var isTaken = Lines.TryTake(kinds.CountOf(kind, Lines, now), cost: 1, now);
        skipped = isTaken ? Interlocked.Exchange(ref skippedLines, 0) : Interlocked.Increment(ref skippedLines);
        return isTaken;
    }
}
