using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>What waits in a database, as it was at the last sample.</summary>
/// <param name="OldestSeconds">Age of the oldest outbox row that is not parked; 0 when there is none.</param>
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
    DateTimeOffset nextAt = DateTimeOffset.MinValue;

    public async Task Sample()
    {
        var now = clock.GetUtcNow();
        if (now < nextAt)
            return;
        BacklogGauges.Set(database.Name, await statements.Run(db => Read(db, now.UtcDateTime)));
        nextAt = now.AddSeconds(limits.BacklogSampleSeconds);
    }

    static async Task<BacklogSample> Read(TDb db, DateTime now)
    {
        var oldest = await db.Outbox.Where(row => row.ParkedAt == null).MinAsync(row => (DateTime?)row.CreatedAt);
        var parked = await db.Outbox.LongCountAsync(row => row.ParkedAt != null);
        var failed = await db.FailedMessages.LongCountAsync(row => row.ReplayedAt == null);
        return new BacklogSample(oldest is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0, parked, failed);
    }
}
