using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Batches;

namespace Reconciler.Job;

/// <summary>What became of a settlement file.</summary>
enum IntakeOutcome
{
    /// <summary>All of its rows are there.</summary>
    Taken,

    /// <summary>The very same file was taken in before; nothing was done.</summary>
    Known,

    /// <summary>None of its rows was taken in; the finding says why.</summary>
    Refused,
}

/// <param name="Day">Of the file.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Rows">In it.</param>
/// <param name="Finding">Why it was refused.</param>
sealed record Intake(DateOnly Day, IntakeOutcome Outcome, long Rows, Finding? Finding = null);

/// <summary>Takes settlement files in: each as a whole in one transaction, or not at all, and each once.</summary>
sealed class SettlementIntake(UnitOfWork<ReconcilerDb> unit, SettlementSettings settings, TimeProvider clock, ILogger<SettlementIntake> log)
{
    const string Whole = "A settlement file is complete, agrees with itself, and settles nothing a second time.";
    const string Stands = "A settlement file does not change once it has been delivered.";

    /// <summary>The file can be read twice: once for its hash, once for its rows.</summary>
    public async Task<Intake> Take(DateOnly day, Stream file, CancellationToken cancel = default)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        try
        {
            Check(day, file);
            var intake = await unit.Run(work => Take(work, day, file, hash));
            log.LogInformation("Settlement file of {Day}: {Outcome}, {Rows} rows", day, intake.Outcome, intake.Rows);
            return intake;
        }
        catch (BrokenSettlement broken)
        {
            log.LogError("Settlement file of {Day} is refused: {Reason}", day, broken.Message);
            return Refused(day, Classes.SettlementFileRefused, Whole, new { day, hash, broken.Line, broken.Reason });
        }
    }

    void Check(DateOnly day, Stream file)
    {
        if (day >= DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime))
            throw new BrokenSettlement(0, $"{day:yyyy-MM-dd} is not over: its file cannot be complete");
        if (file.Length > settings.MostMegabytes * 1024L * 1024)
            throw new BrokenSettlement(0, $"it is larger than {settings.MostMegabytes} MiB (Settlements:MostMegabytes)");
    }

    async Task<Intake> Take(Work work, DateOnly day, Stream file, string hash)
    {
        var db = (ReconcilerDb)work.Db;
        if (await db.SettlementFiles.AsNoTracking().SingleOrDefaultAsync(known => known.Day == day) is { } earlier)
            return earlier.Hash == hash ? new Intake(day, IntakeOutcome.Known, earlier.Rows) : Changed(day, hash, earlier);

        db.Add(new SettlementFile { Day = day, Hash = hash, ImportedAt = clock.GetUtcNow().UtcDateTime });
        await work.Flush();
        file.Position = 0;
        var rows = 0L;
        foreach (var page in SettlementCsv.Read(file, day).Chunk(settings.PageRows))
        {
            await RefuseSettledBefore(db, page);
            db.AddRange(page.AsEnumerable());
            await work.Flush();
            rows += page.Length;
        }

        await db.SettlementFiles.Where(taken => taken.Day == day).ExecuteUpdateAsync(set => set.SetProperty(taken => taken.Rows, rows));
        work.Audit("settlement file", day.ToString("O"), "", "Taken", "settlement intake", $"{rows} rows, SHA-256 {hash}");
        return new Intake(day, IntakeOutcome.Taken, rows);
    }

    /// <summary>In this file, in its page, or in the file of another day.</summary>
    static async Task RefuseSettledBefore(ReconcilerDb db, SettledRow[] page)
    {
        var ids = page.Select(row => row.Id).ToArray();
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new BrokenSettlement(0, $"row {twice.Key} is in it twice");
        var known = await db.SettlementRows.AsNoTracking().Where(row => EF.Parameter(ids).Contains(row.Id)).OrderBy(row => row.Id).FirstOrDefaultAsync();
        if (known is not null)
            throw new BrokenSettlement(
                0, known.Day == page[0].Day ? $"row {known.Id} is in it twice" : $"row {known.Id} is in the file of {known.Day:yyyy-MM-dd} already");
    }

    Intake Changed(DateOnly day, string hash, SettlementFile earlier)
    {
        log.LogError("Settlement file of {Day} came again and is another one than on {ImportedAt}", day, earlier.ImportedAt);
        return Refused(day, Classes.SettlementFileChanged, Stands, new
        {
            day, hash, earlierHash = earlier.Hash, earlierAt = earlier.ImportedAt, reason = "it was taken in before with other content; the earlier one stands",
        });
    }

    static Intake Refused(DateOnly day, string name, string rule, object evidence) => new(
        day, IntakeOutcome.Refused, 0, FileFinding.Of(name, day, rule, evidence));
}
