using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Retention;

/// <summary>
/// Deletes old rows of the tables listed by <see cref="RetentionRule{TDb}"/>: a bounded page per statement and a bounded time per step, so
/// that any backlog is worked off over many steps and nothing else waits. On a busy server the pages are smaller. Also truncates a log file
/// that has grown. Any number of processes may run it.
/// </summary>
sealed class RetentionJob<TDb>(
    IEnumerable<RetentionRule<TDb>> rules, Database<TDb> database, QueryRunner<TDb> statements, RetentionSettings settings, TimeProvider clock,
    ILogger<RetentionJob<TDb>> log)
    : BackgroundService where TDb : DbContext
{
    static readonly Counter<long> Deleted =
        Instruments.Meter.CreateCounter<long>("ordersaga.retention.deleted", "{row}", "Rows deleted because their retention period has ended");

    readonly List<Table> tables = [.. rules.Where(rule => rule.Days > 0).Select(rule => new Table(rule) { PageSize = settings.PageSize })];
    long? startedOverAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.IntervalSeconds), clock);
        while (await timer.WaitForTick(stoppingToken))
            await Step(stoppingToken);
    }

    /// <summary>Deletes a page of each table in turn, until no table has more or the time is used up.</summary>
    internal async Task Step(CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        StartOverIfDue();
        var remaining = tables.ToList();
        do
        {
            foreach (var table in remaining.ToList())
            {
                if (!await HasMore(table))
                    remaining.Remove(table);
            }
        }
        while (remaining.Count > 0 && clock.GetElapsedTime(began).TotalMilliseconds < settings.MaxStepMilliseconds && !stop.IsCancellationRequested);
        await TryStep("trim the log", () => statements.Run(TrimLog));
    }

    /// <summary>
    /// From time to time a step begins at the oldest time again, for rows that were locked or could not be deleted yet. Not each step:
    /// PostgreSQL reads every index entry deleted since the last vacuum, which may be millions.
    /// </summary>
    void StartOverIfDue()
    {
        if (startedOverAt is { } last && clock.GetElapsedTime(last).TotalSeconds < settings.RescanIntervalSeconds)
            return;
        startedOverAt = clock.GetTimestamp();
        tables.ForEach(table => table.From = DateTime.UnixEpoch);
    }

    async Task<bool> HasMore(Table table)
    {
        var (deleted, pageSize, began) = (0, table.PageSize, clock.GetTimestamp());
        await TryStep("delete old rows of " + table.Rule.Table, async () => deleted = await DeletePage(table));
        table.PageSize = RetentionSettings.NextPageSize(pageSize, clock.GetElapsedTime(began), settings.PageSize);
        return deleted == pageSize;
    }

    async Task<int> TrimLog(TDb db)
    {
        await database.Dialect.TrimLog(db);
        return 0;
    }

    async Task TryStep(string what, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception failure)
        {
            log.LogWarning("Could not {What} in {Database}; the next step retries: {Failure}", what, database.Name, failure.Message);
        }
    }

    async Task<int> DeletePage(Table table)
    {
        var before = clock.GetUtcNow().UtcDateTime.AddDays(-table.Rule.Days);
        var statement = database.Dialect.DeleteOld(table.Rule.Table, table.Rule.Time, table.Rule.Only ?? "1 = 1");
        var times = await statements.Run(db => db.QueryValues(statement, ("from", table.From), ("before", before), ("limit", table.PageSize)));
        Deleted.Add(times.Count, new("database", database.Name), new("table", table.Rule.Table));
        if (times.Count > 0)
            table.From = times.Max()!;
        return times.Count;
    }

    /// <summary>A rule, and the time before which its old rows are already deleted, from the database.</summary>
    sealed class Table(RetentionRule<TDb> rule)
    {
        public RetentionRule<TDb> Rule => rule;
        public object From { get; set; } = DateTime.UnixEpoch;
        public int PageSize { get; set; }
    }
}
