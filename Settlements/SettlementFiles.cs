using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Settlements;

/// <summary>The settlement file of a day.</summary>
/// <param name="Day">UTC.</param>
/// <param name="Hash">SHA-256 of its bytes, hex; absent if the day has no valid file.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="ImportedAt">UTC.</param>
/// <param name="Kinds">Its rows by kind and currency.</param>
/// <param name="Earlier">Replaced or voided files of the day, newest first.</param>
public sealed record FileView(
    DateOnly Day, string? Hash, long Rows, DateTime? ImportedAt, IReadOnlyList<KindSum> Kinds, IReadOnlyList<EarlierFile> Earlier);

/// <summary>A file that was replaced or voided.</summary>
/// <param name="Hash">SHA-256 of its bytes, hex.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="ImportedAt">UTC.</param>
/// <param name="EndedAt">UTC; when it was replaced or voided.</param>
/// <param name="EndedBy">Name of the operator's key.</param>
/// <param name="Reason">The operator's reason.</param>
public sealed record EarlierFile(string Hash, long Rows, DateTime ImportedAt, DateTime EndedAt, string EndedBy, string Reason);

/// <summary>Imported files: queries and voiding by operators.</summary>
public sealed class SettlementFiles<TDb>(QueryRunner<TDb> statements, UnitOfWork<TDb> unitOfWork, TimeProvider clock) where TDb : SettlementDb
{
    const int MaxEarlier = 100;

    public Task<IReadOnlyList<KindSum>> Kinds(DateOnly day) => statements.Run<IReadOnlyList<KindSum>>(async db => await db.SettlementRows
        .Where(row => row.Day == day).GroupBy(row => new { row.Operation, row.Currency }).OrderBy(all => all.Key.Operation).ThenBy(all => all.Key.Currency)
        .Select(all => new KindSum(all.Key.Operation, all.Key.Currency, all.LongCount(), all.Sum(row => row.Amount), all.Sum(row => row.Fee)))
        .ToListAsync());

    /// <summary>Null if the day never had a file.</summary>
    public async Task<FileView?> Find(DateOnly day)
    {
        var file = await statements.Run(db => db.SettlementFiles.AsNoTracking().SingleOrDefaultAsync(row => row.Day == day));
        var earlier = await statements.Run(db => db.SupersededFiles.Where(row => row.Day == day).OrderByDescending(row => row.EndedAt).Take(MaxEarlier)
            .Select(row => new EarlierFile(row.Hash, row.Rows, row.ImportedAt, row.EndedAt, row.EndedBy, row.Reason)).ToListAsync());
        return file is null && earlier.Count == 0 ? null
            : new FileView(day, file?.Hash, file?.Rows ?? 0, file?.ImportedAt, await Kinds(day), earlier);
    }

    /// <summary>Null if the day has no file.</summary>
    public async Task<FileView?> Void(DateOnly day, string by, string reason)
    {
        var ended = await unitOfWork.Run(async work =>
        {
            var file = await ((SettlementDb)work.Db).SettlementFiles.AsNoTracking().SingleOrDefaultAsync(row => row.Day == day);
            if (file is not null)
                await FileSupersession.End(work, file, by, reason, clock);
            return file is not null;
        });
        return ended ? await Find(day) : null;
    }
}
