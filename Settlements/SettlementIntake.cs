using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Settlements;

/// <summary>Result of an import.</summary>
public enum IntakeOutcome
{
    /// <summary>All its rows are imported.</summary>
    Taken,

    /// <summary>The same file was imported before; nothing was done.</summary>
    Known,

    /// <summary>It replaced another file.</summary>
    Replaced,

    /// <summary>Nothing was imported; the refusal has the reason.</summary>
    Refused,
}

/// <param name="Day">Day of the file.</param>
/// <param name="Outcome">Result.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Skipped">Rows already imported with another day's file.</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="Difference">Difference to the replaced file.</param>
public sealed record Intake(
    DateOnly Day, IntakeOutcome Outcome, long Rows, long Skipped = 0, Refusal? Refusal = null, FileDifference? Difference = null);

/// <summary>Why a file was refused.</summary>
/// <param name="DiffersFromImported">True if another file of the day is imported; false if the file itself is invalid.</param>
/// <param name="Line">Line number from 1; 0 for the whole file.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Evidence">The facts, to be stored as JSON.</param>
public sealed record Refusal(bool DiffersFromImported, long Line, string Reason, object Evidence);

/// <summary>Origin of a file.</summary>
/// <param name="By">Name of the operator's key, or the automatic fetch.</param>
/// <param name="Replaces">Hash of the file to replace.</param>
/// <param name="Reason">The operator's reason.</param>
public sealed record FileDelivery(string By, string? Replaces = null, string? Reason = null)
{
    /// <summary>Fetched automatically.</summary>
    public static readonly FileDelivery Fetched = new("settlement intake");
}

/// <summary>Imports settlement files: each once, completely in one transaction or not at all.</summary>
public sealed class SettlementIntake<TDb>(
    UnitOfWork<TDb> unitOfWork, SettlementSettings settings, TimeProvider clock, ILogger<SettlementIntake<TDb>> log) where TDb : SettlementDb
{
    /// <summary>The stream must be seekable: it is read for the hash, then for the rows.</summary>
    public async Task<Intake> Import(DateOnly day, Stream file, FileDelivery? delivery = null, CancellationToken cancel = default)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        try
        {
            Check(day, file);
            var intake = await unitOfWork.Run(work => Import(work, day, file, hash, delivery ?? FileDelivery.Fetched));
            log.LogInformation("Settlement file of {Day:yyyy-MM-dd}: {Outcome}, {Rows} rows", day, intake.Outcome, intake.Rows);
            return intake;
        }
        catch (InvalidSettlementException broken)
        {
            log.LogError("Refused the settlement file of {Day:yyyy-MM-dd}: {Reason}", day, broken.Message);
            return Refused(day, new Refusal(false, broken.Line, broken.Reason, new { day, hash, broken.Line, broken.Reason }));
        }
    }

    void Check(DateOnly day, Stream file)
    {
        if (day >= DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime))
            throw new InvalidSettlementException(0, $"{day:yyyy-MM-dd} is not over: its file cannot be complete");
        if (file.Length > settings.MaxFileMegabytes * 1024L * 1024)
            throw new InvalidSettlementException(0, $"the file is larger than {settings.MaxFileMegabytes} MiB (Settlements:MaxFileMegabytes)");
    }

    async Task<Intake> Import(UnitOfWorkContext work, DateOnly day, Stream file, string hash, FileDelivery delivery)
    {
        var db = (SettlementDb)work.Db;
        var earlier = await db.SettlementFiles.AsNoTracking().SingleOrDefaultAsync(known => known.Day == day);
        if (earlier?.Hash == hash)
            return new Intake(day, IntakeOutcome.Known, earlier.Rows);
        if (earlier?.Hash != delivery.Replaces)
            return Changed(day, hash, earlier);
        if (delivery == FileDelivery.Fetched && await db.SupersededFiles.AnyAsync(ended => ended.Day == day && ended.Hash == hash))
            throw new InvalidSettlementException(0, "the file was replaced or voided earlier and is unchanged: get a corrected file, or upload this one");

        var superseded = earlier is null ? null : await FileSupersession.End(work, earlier, delivery.By, delivery.Reason!, clock);
        var (rows, skipped) = await StoreFile(work, day, file, hash);
        var outcome = superseded is null ? IntakeOutcome.Taken : IntakeOutcome.Replaced;
        var already = skipped == 0 ? "" : $", {skipped} of them already in files of other days";
        work.Audit("settlement file", day.ToString("O"), "", outcome.ToString(), delivery.By, $"{rows} rows{already}, SHA-256 {hash}");
        return new Intake(day, outcome, rows, skipped, null, superseded is null ? null : await FileSupersession.Compare(db, superseded));
    }

    async Task<(long Rows, long Skipped)> StoreFile(UnitOfWorkContext work, DateOnly day, Stream file, string hash)
    {
        var db = (SettlementDb)work.Db;
        db.Add(new SettlementFile { Day = day, Hash = hash });
        await work.Flush();
        file.Position = 0;
        var (rows, skipped) = (0L, 0L);
        foreach (var page in SettlementCsv.Read(file, day).Chunk(settings.PageSize))
        {
            var fresh = await DuplicateRowCheck.SkipStored(db, page, day);
            db.AddRange(fresh);
            await work.Flush();
            (rows, skipped) = (rows + page.Length, skipped + page.Length - fresh.Count);
        }

        // Last, so that a rolling run that starts meanwhile does not consider it compared.
        var now = clock.GetUtcNow().UtcDateTime;
        await db.SettlementFiles.Where(taken => taken.Day == day)
            .ExecuteUpdateAsync(set => set.SetProperty(taken => taken.Rows, rows).SetProperty(taken => taken.ImportedAt, now));
        return (rows, skipped);
    }

    Intake Changed(DateOnly day, string hash, SettlementFile? earlier)
    {
        log.LogError("Settlement file of {Day:yyyy-MM-dd} differs from the one imported at {ImportedAt:u}", day, earlier?.ImportedAt);
        var reason = earlier is null
            ? "that day has no file to replace"
            : $"another file of that day is already imported; its SHA-256 is {earlier.Hash}";
        return Refused(day, new Refusal(true, 0, reason, new { day, hash, earlierHash = earlier?.Hash, earlierAt = earlier?.ImportedAt, reason }));
    }

    static Intake Refused(DateOnly day, Refusal refusal) => new(day, IntakeOutcome.Refused, 0, 0, refusal);
}
