using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Settlements;

/// <summary>Difference between a file and the one it replaced.</summary>
/// <param name="Added">Rows only in the new file.</param>
/// <param name="Removed">Rows only in the replaced file.</param>
/// <param name="Changed">Rows in both with another kind, amount, fee or currency.</param>
public sealed record FileDifference(int Added, int Removed, int Changed);

/// <summary>Moves a settlement file and its rows to the superseded tables, in the caller's transaction.</summary>
static class FileSupersession
{
    public static async Task<SupersededFile> End(UnitOfWorkContext work, SettlementFile file, string by, string reason, TimeProvider clock)
    {
        var db = (SettlementDb)work.Db;
        work.AllowLongStatements();
        var now = clock.GetUtcNow();
        var ended = new SupersededFile
        {
            Id = Guid.CreateVersion7(now),
            Day = file.Day,
            Hash = file.Hash,
            Rows = file.Rows,
            ImportedAt = file.ImportedAt,
            EndedAt = now.UtcDateTime,
            EndedBy = by,
            Reason = reason,
        };
        db.Add(ended);
        await work.Flush();
        await db.Database.ExecuteSqlRawAsync(SupersededRow.Copy, ended.Id, file.Day);
        await db.SettlementRows.Where(row => row.Day == file.Day).ExecuteDeleteAsync();
        await db.SettlementFiles.Where(row => row.Day == file.Day).ExecuteDeleteAsync();
        work.Audit("settlement file", file.Day.ToString("O"), nameof(IntakeOutcome.Taken), "Superseded", by, $"{reason} (SHA-256 {file.Hash})");
        return ended;
    }

    public static async Task<FileDifference> Compare(SettlementDb db, SupersededFile old)
    {
        var (now, before) = (db.SettlementRows.Where(row => row.Day == old.Day), db.SupersededRows.Where(row => row.FileId == old.Id));
        return new FileDifference(
            await now.CountAsync(row => !before.Any(other => other.Id == row.Id)),
            await before.CountAsync(row => !now.Any(other => other.Id == row.Id)),
            await now.CountAsync(row => before.Any(other => other.Id == row.Id && (other.Amount != row.Amount || other.Fee != row.Fee
                || other.Currency != row.Currency || other.Operation != row.Operation))));
    }
}
