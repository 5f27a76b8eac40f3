using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;

namespace OrderSaga.Platform.Outbox;

/// <summary>The backlog of a database at the last sample.</summary>
/// <param name="OldestSeconds">Age of the oldest outbox row among the next 1,000 that are due; 0 if there is none.</param>
/// <param name="Parked">Number of outbox rows that wait for a replay.</param>
/// <param name="Failed">Number of failed messages that were not replayed.</param>
sealed record OutboxSample(double OldestSeconds, long Parked, long Failed);

/// <summary>Gauges of all databases of the process. They show samples, so a scrape needs no statement.</summary>
static class OutboxGauges
{
    static readonly ConcurrentDictionary<string, OutboxSample> Samples = new();

    static OutboxGauges()
    {
        Instruments.Meter.CreateObservableGauge("ordersaga.outbox.age", () => Measure(sample => sample.OldestSeconds), "s", "Age of the oldest row to send");
        Instruments.Meter.CreateObservableGauge("ordersaga.outbox.parked", () => Measure(sample => sample.Parked), "{row}", "Rows that wait for a replay");
        Instruments.Meter.CreateObservableGauge("ordersaga.messages.failed", () => Measure(sample => sample.Failed), "{message}", "Failed and not replayed");
    }

    public static void Set(string database, OutboxSample sample) => Samples[database] = sample;

    static IEnumerable<Measurement<T>> Measure<T>(Func<OutboxSample, T> value) where T : struct =>
        Samples.Select(pair => new Measurement<T>(value(pair.Value), new KeyValuePair<string, object?>("database", pair.Key)));
}

/// <summary>Samples one database at an interval; called by the sweeper.</summary>
sealed class OutboxMetrics<TDb>(Database<TDb> database, QueryRunner<TDb> statements, Limits limits, TimeProvider clock) where TDb : DbContext
{
    const int Page = 1000;
    long? sampledAt;

    /// <summary>Returns false if no sample is due.</summary>
    public async Task<bool> Sample()
    {
        if (sampledAt is { } last && clock.GetElapsedTime(last) < TimeSpan.FromSeconds(limits.BacklogSampleIntervalSeconds))
            return false;
        OutboxGauges.Set(database.Name, await statements.Run(db => Read(db, clock.GetUtcNow().UtcDateTime)));
        sampledAt = clock.GetTimestamp();
        return true;
    }

    static async Task<OutboxSample> Read(TDb db, DateTime now)
    {
        // Of the first rows in index order: MIN over all rows would read them all.
        var oldest = await db.Set<OutboxRow>().Where(row => row.ParkedAt == null).OrderBy(row => row.ParkedAt).ThenBy(row => row.NextAttemptAt).Take(Page)
            .MinAsync(row => (DateTime?)row.CreatedAt);
        var parked = await db.Set<OutboxRow>().LongCountAsync(row => row.ParkedAt != null);
        var failed = await db.Set<FailedMessage>().LongCountAsync(row => row.ReplayedAt == null);
        return new OutboxSample(oldest is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0, parked, failed);
    }
}
