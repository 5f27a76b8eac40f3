using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Reconciler.Job.Tests;

/// <summary>The longest duration of each statement of the product in this process, on PostgreSQL.</summary>
sealed class SlowStatements : IDisposable
{
    readonly ConcurrentDictionary<string, double> max = new();
    readonly ActivityListener listener;

    public SlowStatements()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Record,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public double Max => max.Values.DefaultIfEmpty().Max();

    public int Count => max.Count;

    /// <summary>The slowest first, in milliseconds.</summary>
    public override string ToString() => string.Join('\n', max.OrderByDescending(pair => pair.Value).Take(15)
        .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Value,8:F1} ms  {pair.Key}")));

    public void Clear() => max.Clear();

    public void Dispose() => listener.Dispose();

    void Record(Activity statement)
    {
        var query = statement.GetTagItem("db.query.text") ?? statement.GetTagItem("db.statement");
        if (query is not string text || text.StartsWith(BigTables.Mark, StringComparison.Ordinal))
            return;
        var oneLine = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var time = statement.Duration.TotalMilliseconds;
        max.AddOrUpdate(oneLine[..Math.Min(200, oneLine.Length)], time, (_, before) => Math.Max(before, time));
    }
}
