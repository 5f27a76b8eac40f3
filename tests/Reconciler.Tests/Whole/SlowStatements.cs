using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Reconciler.Job.Tests;

/// <summary>
/// How long PostgreSQL takes for each statement of the product in this process: the time to its first response. Afterwards this process reads
/// the rows; a garbage collection can then take longer than the statement.
/// </summary>
sealed class SlowStatements : IDisposable
{
    readonly ConcurrentDictionary<string, ConcurrentBag<double>> times = new();
    readonly ActivityListener listener;
    DateTime from;

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

    /// <summary>The longest time of any statement, milliseconds.</summary>
    public double Max => times.Values.SelectMany(runs => runs).DefaultIfEmpty().Max();

    public int Count => times.Count;

    /// <summary>The slowest first: the longest run and the 99th percentile in milliseconds, and the number of runs.</summary>
    public override string ToString() => string.Join('\n', times.OrderByDescending(pair => pair.Value.Max()).Take(15).Select(pair =>
        string.Create(CultureInfo.InvariantCulture, $"{pair.Value.Max(),8:F1} ms, p99 {At(pair.Value, 0.99),6:F1}, {pair.Value.Count,6} times  {pair.Key}")));

    /// <summary>Forgets what has run, and also what is still running: it may have been planned before the tables were large.</summary>
    public void Clear()
    {
        from = TimeProvider.System.GetUtcNow().UtcDateTime;
        times.Clear();
    }

    public void Dispose() => listener.Dispose();

    void Record(Activity statement)
    {
        var query = statement.GetTagItem("db.query.text") ?? statement.GetTagItem("db.statement");
        if (query is not string text || text.StartsWith(BigTables.Mark, StringComparison.Ordinal) || statement.StartTimeUtc < from)
            return;
        var oneLine = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        times.GetOrAdd(oneLine[..Math.Min(200, oneLine.Length)], _ => []).Add(ServerTime(statement).TotalMilliseconds);
    }

    static TimeSpan ServerTime(Activity statement) =>
        statement.Events.FirstOrDefault(one => one.Name == "received-first-response") is { Name: not null } first
            ? first.Timestamp.UtcDateTime - statement.StartTimeUtc
            : statement.Duration;

    static double At(ConcurrentBag<double> runs, double share) => runs.Order().ElementAt((int)Math.Ceiling(share * runs.Count) - 1);
}
