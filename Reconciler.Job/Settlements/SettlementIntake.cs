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

    /// <summary>It stands in the place of another one.</summary>
    Replaced,

    /// <summary>None of its rows was taken in; the finding says why.</summary>
    Refused,
}

/// <param name="Day">Of the file.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Rows">In it.</param>
/// <param name="Skipped">Of them, those that the file of another day has brought already.</param>
/// <param name="Finding">Why it was refused.</param>
/// <param name="Difference">To the file that it replaced.</param>
sealed record Intake(
    DateOnly Day, IntakeOutcome Outcome, long Rows, long Skipped = 0, Finding? Finding = null, FileDifference? Difference = null);

/// <summary>Who brings a file.</summary>
/// <param name="By">The name of the key; the gateway when it was fetched.</param>
/// <param name="Replaces">Hash of the file that it is to replace.</param>
/// <param name="Reason">Why.</param>
sealed record Delivery(string By, string? Replaces = null, string? Reason = null)
{
    /// <summary>Nobody decided to bring it.</summary>
    public static readonly Delivery Fetched = new("settlement intake");
}

/// <summary>Takes settlement files in: each as a whole in one transaction, or not at all, and each once.</summary>
sealed class SettlementIntake(UnitOfWork<ReconcilerDb> unit, SettlementSettings settings, TimeProvider clock, ILogger<SettlementIntake> log)
{
    const string Whole = "A settlement file is complete, agrees with itself, and settles nothing a second time.";
    const string Stands = "A settlement file does not change once it has been delivered.";

    /// <summary>The file can be read twice: once for its hash, once for its rows.</summary>
    public async Task<Intake> Take(DateOnly day, Stream file, Delivery? delivery = null, CancellationToken cancel = default)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancel));
        try
        {
            Check(day, file);
            var intake = await unit.Run(work => Take(work, day, file, hash, delivery ?? Delivery.Fetched));
            log.LogInformation("Settlement file of {Day:yyyy-MM-dd}: {Outcome}, {Rows} rows", day, intake.Outcome, intake.Rows);
            return intake;
        }
        catch (BrokenSettlement broken)
        {
            log.LogError("Settlement file of {Day:yyyy-MM-dd} is refused: {Reason}", day, broken.Message);
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

    async Task<Intake> Take(Work work, DateOnly day, Stream file, string hash, Delivery delivery)
    {
        var db = (ReconcilerDb)work.Db;
        var earlier = await db.SettlementFiles.AsNoTracking().SingleOrDefaultAsync(known => known.Day == day);
        if (earlier?.Hash == hash)
            return new Intake(day, IntakeOutcome.Known, earlier.Rows);
        if (earlier?.Hash != delivery.Replaces)
            return Changed(day, hash, earlier);
        if (delivery == Delivery.Fetched && await db.SupersededFiles.AnyAsync(ended => ended.Day == day && ended.Hash == hash))
            throw new BrokenSettlement(0, "it was replaced or voided before, and is fetched again as it was: get the right one, or hand this one in");

        var superseded = earlier is null ? null : await Superseding.End(work, earlier, delivery.By, delivery.Reason!, clock);
        var (rows, skipped) = await Import(work, day, file, hash);
        var outcome = superseded is null ? IntakeOutcome.Taken : IntakeOutcome.Replaced;
        var already = skipped == 0 ? "" : $", {skipped} of them in the files of other days already";
        work.Audit("settlement file", day.ToString("O"), "", outcome.ToString(), delivery.By, $"{rows} rows{already}, SHA-256 {hash}");
        return new Intake(day, outcome, rows, skipped, null, superseded is null ? null : await Superseding.Compare(db, superseded));
    }

    async Task<(long Rows, long Skipped)> Import(Work work, DateOnly day, Stream file, string hash)
    {
        var db = (ReconcilerDb)work.Db;
        db.Add(new SettlementFile { Day = day, Hash = hash });
        await work.Flush();
        file.Position = 0;
        var (rows, skipped) = (0L, 0L);
        foreach (var page in SettlementCsv.Read(file, day).Chunk(settings.PageRows))
        {
            var fresh = await SettledBefore.LeaveOut(db, page, day);
            db.AddRange(fresh);
            await work.Flush();
            (rows, skipped) = (rows + page.Length, skipped + page.Length - fresh.Count);
        }

        // Last, so that a rolling run that begins meanwhile does not take it for looked at.
        var now = clock.GetUtcNow().UtcDateTime;
        await db.SettlementFiles.Where(taken => taken.Day == day)
            .ExecuteUpdateAsync(set => set.SetProperty(taken => taken.Rows, rows).SetProperty(taken => taken.ImportedAt, now));
        return (rows, skipped);
    }

    Intake Changed(DateOnly day, string hash, SettlementFile? earlier)
    {
        log.LogError("Settlement file of {Day:yyyy-MM-dd} is another one than the one of {ImportedAt:u}", day, earlier?.ImportedAt);
        var reason = earlier is null
            ? "no file of that day is there to be replaced"
            : $"another file of that day was taken in before, and stands; its SHA-256 is {earlier.Hash}";
        return Refused(day, Classes.SettlementFileChanged, Stands, new
        {
            day, hash, earlierHash = earlier?.Hash, earlierAt = earlier?.ImportedAt, reason,
        });
    }

    static Intake Refused(DateOnly day, string name, string rule, object evidence) => new(
        day, IntakeOutcome.Refused, 0, 0, FileFinding.Of(name, day, rule, evidence));
}
