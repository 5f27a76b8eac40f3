using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>
/// Limits what the failed messages of one queue may take in the database. A delivery beyond the limit returns to its queue: it may be an
/// order, so nothing is dropped. Other queues have their own limit.
/// </summary>
sealed class DeadLetterQuota<TDb>(string endpoint, QueryRunner<TDb> statements, Limits limits, TimeProvider clock) where TDb : ServiceDb
{
    static readonly Counter<long> Returned = Instruments.Meter.CreateCounter<long>(
        "ordersaga.messages.failed.returned", "{message}", "Failed messages returned to their queue because it has reached its limit");

    /// <summary>How long the sum of the table counts; other processes and operators change it.</summary>
    static readonly TimeSpan SumAge = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    Task<Reading>? last;

    /// <summary>Counts the body as stored; false if the queue has reached its limit.</summary>
    public async Task<bool> TryAdd(long length)
    {
        var reading = await Last();
        if (reading.Add(length) <= limits.MaxFailedMegabytes * 1024L * 1024)
            return true;
        reading.Add(-length);
        Returned.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));
        return false;
    }

    Task<Reading> Last()
    {
        lock (gate)
        {
            if (last is null || last.IsFaulted || (last.IsCompletedSuccessfully && clock.GetElapsedTime(last.Result.At) > SumAge))
                last = Read();
            return last;
        }
    }

    async Task<Reading> Read() => new(await statements.Run(Sum), clock.GetTimestamp());

    Task<long> Sum(TDb db) => db.FailedMessages.Where(row => row.Endpoint == endpoint && row.ReplayedAt == null).SumAsync(row => (long)row.Body.Length);

    /// <summary>The bytes in the table at a time, and those added since.</summary>
    sealed class Reading(long bytes, long at)
    {
        long total = bytes;

        public long At => at;

        public long Add(long more) => Interlocked.Add(ref total, more);
    }
}
