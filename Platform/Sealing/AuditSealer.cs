using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Sealing;

/// <summary>
/// Seals new audit rows soon after their commit, so that transactions do no extra work. Any number of processes may run it: one seals, the
/// others see its seals and take over when no new one appears.
/// </summary>
sealed class AuditSealer<TDb>(
    IServiceScopeFactory scopes, Database<TDb> database, QueryRunner<TDb> statements, AuditSettings settings, TimeProvider clock,
    ILogger<AuditSealer<TDb>> log)
    : BackgroundService where TDb : DbContext
{
    /// <summary>Rows of one seal.</summary>
    const int PageSize = 5000;

    /// <summary>Seals of one step: a long history is sealed over many steps.</summary>
    const int MaxPages = 10;

    static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    static readonly Counter<long> Sealed = Instruments.Meter.CreateCounter<long>("ordersaga.audit.sealed", "{row}", "Audit rows sealed");
    static readonly Counter<long> Errors = Instruments.Meter.CreateCounter<long>(
        "ordersaga.audit.errors", "{error}", "Seals that somebody changed or removed after this process saw them: alarm on any");

    readonly long timeout = settings.GapTimeoutSeconds * clock.TimestampFrequency;

    /// <summary>The newest seal.</summary>
    AuditSeal? last;

    /// <summary>The ids after the newest seal that no row had when this process read them.</summary>
    SequenceGaps? gaps;

    long? logged;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.SealIntervalSeconds), clock);
        while (await timer.WaitForTick(stoppingToken))
        {
            try
            {
                await Step(stoppingToken);
            }
            catch (Exception failure)
            {
                log.LogWarning("Could not seal the audit of {Database}; retrying: {Failure}", database.Name, failure.Message);
            }
        }
    }

    internal async Task Step(CancellationToken stop)
    {
        if (!await IsTurn())
        {
            gaps = null;
            return;
        }

        try
        {
            for (var page = 0; page < MaxPages && !stop.IsCancellationRequested && await SealPage(); page++)
            {
            }
        }
        catch (Exception failure) when (DatabaseErrors.Classify(failure) == FailureKind.Conflict)
        {
            // Another process sealed these rows first. The next step continues after its seal.
            gaps = null;
        }
    }

    /// <summary>
    /// False if another process has sealed since the last step. After this process has seen a seal it never seals its rows again, even if
    /// the seal is gone: the gap in the numbers remains for <c>verify</c>.
    /// </summary>
    async Task<bool> IsTurn()
    {
        var newest = await Read(db => db.Set<AuditSeal>().AsNoTracking().OrderByDescending(seal => seal.Number)
            .Select(seal => new AuditSeal { Number = seal.Number, LastId = seal.LastId, Hash = seal.Hash }).FirstOrDefaultAsync());
        if (last is not null && (newest is null || newest.Number < last.Number || (newest.Number == last.Number && !newest.Hash.SequenceEqual(last.Hash))))
        {
            Errors.Add(1, new KeyValuePair<string, object?>("database", database.Name));
            log.LogError("Seal {Number} of the audit of {Database} was changed or removed; run verify", last.Number, database.Name);
            return true;
        }

        var isTurn = newest?.Number == last?.Number;
        last = newest;
        return isTurn;
    }

    /// <summary>Returns false if there is nothing more to seal now.</summary>
    async Task<bool> SealPage()
    {
        var after = last?.LastId ?? 0;
        gaps ??= new SequenceGaps(after);
        gaps.GiveUp(clock.GetTimestamp() - timeout);
        var waits = gaps.Head > after && gaps.Resolved == after;
        if (waits && !await Read(db => db.Set<AuditRow>().AnyAsync(row => row.Id == after + 1)))
            return false;
        var rows = await Read(db => db.Set<AuditRow>().AsNoTracking().Where(row => row.Id > after).OrderBy(row => row.Id).Take(PageSize)
            .Select(row => new MarkedRow(row.Id, row.Mark)).ToListAsync());
        Pass(gaps, rows);
        var final = rows.Count(row => row.Id <= gaps.Resolved);
        if (final > 0)
            await SealRows(await WithMarks(rows.GetRange(0, final)));
        return final == PageSize;
    }

    void Pass(SequenceGaps passed, List<MarkedRow> rows)
    {
        var now = clock.GetTimestamp();
        foreach (var row in rows)
        {
            if (row.Id > passed.Head)
                passed.Pass(row.Id, now);
            else
                passed.Fill(row.Id);
        }
    }

    /// <summary>Reads the whole row only if another program wrote it.</summary>
    async Task<List<(long Id, Guid Mark)>> WithMarks(List<MarkedRow> rows)
    {
        var unmarked = rows.Where(row => row.Mark is null).Select(row => row.Id).ToArray();
        var whole = unmarked.Length == 0 ? [] : await Read(db => db.Set<AuditRow>().AsNoTracking()
            .Where(row => EF.Parameter(unmarked).Contains(row.Id)).ToDictionaryAsync(row => row.Id, AuditSeal.MarkOf));
        return rows.ConvertAll(row => (row.Id, row.Mark ?? whole[row.Id]));
    }

    async Task SealRows(List<(long Id, Guid Mark)> rows)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var seal = AuditSeal.Of(last, rows, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)), settings.Key);
        await statements.Run(db =>
        {
            db.Add(seal);
            return db.SaveChangesAsync();
        });
        last = seal;
        Sealed.Add(rows.Count, new KeyValuePair<string, object?>("database", database.Name));
        // Someone who changes the database cannot change a log that is kept elsewhere.
        if (logged is { } at && clock.GetElapsedTime(at) < LogInterval)
            return;
        logged = clock.GetTimestamp();
        log.LogInformation("The audit of {Database} is sealed up to row {Row}: seal {Number}, {Hash}",
            database.Name, seal.LastId, seal.Number, Convert.ToHexStringLower(seal.Hash));
    }

    sealed record MarkedRow(long Id, Guid? Mark);

    /// <summary>Beside the writer of SQLite, which others wait for.</summary>
    async Task<T> Read<T>(Func<TDb, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<TDb>());
    }
}
