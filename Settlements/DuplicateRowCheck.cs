using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Settlements;

/// <summary>Handles rows that a file repeats. Identical rows of another day's file are skipped: gateways overlap their files.</summary>
static class DuplicateRowCheck
{
    /// <returns>The new rows, all of the file's day.</returns>
    /// <exception cref="InvalidSettlementException">A row is in the file twice, was settled with other content, or belongs to another
    /// day.</exception>
    public static async Task<List<SettledRow>> SkipStored(SettlementDb db, SettlementLine[] page, DateOnly day)
    {
        RefuseDuplicates(page);
        var ids = Array.ConvertAll(page, line => line.Row.Id);
        var known = await db.SettlementRows.AsNoTracking().Where(row => EF.Parameter(ids).Contains(row.Id)).ToDictionaryAsync(row => row.Id);
        var fresh = new List<SettledRow>(page.Length);
        foreach (var (line, row) in page)
        {
            if (known.GetValueOrDefault(row.Id) is { } before)
                RefuseOther(before, row, day, line);
            else if (DateOnly.FromDateTime(row.At) != day)
                throw new InvalidSettlementException(line, $"{row.At:yyyy-MM-ddTHH:mm:ss.FFFZ} is not on {day:yyyy-MM-dd}, the day of the file");
            else
                fresh.Add(row);
        }

        return fresh;
    }

    static void RefuseDuplicates(SettlementLine[] page)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, row) in page)
            if (!seen.Add(row.Id))
                throw Duplicate(line, row);
    }

    static void RefuseOther(SettledRow before, SettledRow row, DateOnly day, long line)
    {
        if (before.Day == day)
            throw Duplicate(line, row);
        if (Content(before) != Content(row))
            throw new InvalidSettlementException(
                line, $"row {row.Id} is in the file of {before.Day:yyyy-MM-dd} with different content: {Describe(before)} there, {Describe(row)} here");
    }

    static InvalidSettlementException Duplicate(long line, SettledRow row) => new(line, $"row {row.Id} is in the file twice");

    static (string, string, string, long, long, string) Content(SettledRow row) =>
        (row.Operation, row.AuthorizationId, row.Reference, row.Amount, row.Fee, row.Currency);

    static string Describe(SettledRow row) => $"{row.Operation} of {row.Amount} {row.Currency}, fee {row.Fee}";
}
