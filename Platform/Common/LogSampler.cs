using System.Threading.RateLimiting;

namespace OrderSaga.Platform.Common;

/// <summary>
/// Bounds the lines of a log that callers can write without limit: ten at once and one a second for each kind, so that a flood of one
/// neither fills the disk nor hides another.
/// </summary>
/// <typeparam name="T">The class that logs.</typeparam>
public sealed class LogSampler<T> : IDisposable
{
    readonly PartitionedRateLimiter<string> lines = PartitionedRateLimiter.Create<string, string>(kind => RateLimitPartition.GetTokenBucketLimiter(kind,
        _ => new TokenBucketRateLimiterOptions { TokenLimit = 10, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromSeconds(1) }));

    long skippedLines;

    /// <summary>True if a line may be written now.</summary>
    /// <param name="kind">From a bounded set.</param>
    /// <param name="skipped">The lines of all kinds that were left out since the last one.</param>
    public bool Takes(string kind, out long skipped)
    {
        using var line = lines.AttemptAcquire(kind);
        skipped = line.IsAcquired ? Interlocked.Exchange(ref skippedLines, 0) : Interlocked.Increment(ref skippedLines);
        return line.IsAcquired;
    }

    public void Dispose() => lines.Dispose();
}
