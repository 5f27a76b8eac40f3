using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>What waits in a database, as it was at the last sample.</summary>
/// <param name="OldestSeconds">Age of the oldest of the outbox rows that are sent next; 0 when there is none.</param>
/// <param name="Parked">Outbox rows that wait for a replay.</param>
/// <param name="Failed">Failed messages that were not replayed yet.</param>
sealed record BacklogSample(double OldestSeconds, long Parked, long Failed);

/// <summary>The gauges of all databases of the process. They show samples: a scrape costs no statement.</summary>
static class BacklogGauges
{
    static readonly ConcurrentDictionary<string, BacklogSample> Samples = new();

    static BacklogGauges()
    {
        Instruments.Meter.CreateObservableGauge("ordersaga.outbox.age", () => Measure(sample => sample.OldestSeconds), "s", "Age of the oldest row to send");
        Instruments.Meter.CreateObservableGauge("ordersaga.outbox.parked", () => Measure(sample => sample.Parked), "{row}", "Rows that wait for a replay");
        Instruments.Meter.CreateObservableGauge("ordersaga.messages.failed", () => Measure(sample => sample.Failed), "{message}", "Failed, not replayed");
    }

    public static void Set(string database, BacklogSample sample) => Samples[database] = sample;

    static IEnumerable<Measurement<T>> Measure<T>(Func<BacklogSample, T> value) where T : struct =>
        Samples.Select(pair => new Measurement<T>(value(pair.Value), new KeyValuePair<string, object?>("database", pair.Key)));
}

/// <summary>Samples one database now and then; the sweeper calls it.</summary>
sealed class Backlog<TDb>(Database<TDb> database, Statements<TDb> statements, Limits limits, TimeProvider clock) where TDb : ServiceDb
{
    const int Page = 1000;
    long? sampledAt;

    /// <summary>False when it is not time yet.</summary>
    public async Task<bool> Sample()
    {
        if (sampledAt is { } last && clock.GetElapsedTime(last) < TimeSpan.FromSeconds(limits.BacklogSampleSeconds))
            return false;
        BacklogGauges.Set(database.Name, await statements.Run(db => Read(db, clock.GetUtcNow().UtcDateTime)));
        sampledAt = clock.GetTimestamp();
        return true;
    }

    static async Task<BacklogSample> Read(TDb db, DateTime now)
    {
        // Of those that are sent next, in the order of their index: to ask for the least of all is to read all.
        var oldest = await db.Outbox.Where(row => row.ParkedAt == null).OrderBy(row => row.ParkedAt).ThenBy(row => row.NextAttemptAt).Take(Page)
            .MinAsync(row => (DateTime?)row.CreatedAt);
        var parked = await db.Outbox.LongCountAsync(row => row.ParkedAt != null);
        var failed = await db.FailedMessages.LongCountAsync(row => row.ReplayedAt == null);
        return new BacklogSample(oldest is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0, parked, failed);
    }
}
