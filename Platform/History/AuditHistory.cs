using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.History;

/// <summary>One recorded event.</summary>
/// <param name="At">UTC, by the clock of the process that wrote it.</param>
/// <param name="Source">The service or gateway that reported it.</param>
/// <param name="Subject">What changed.</param>
/// <param name="From">State before; null for a new row.</param>
/// <param name="To">State after, or the result.</param>
/// <param name="Cause">The message, call or job that caused it.</param>
/// <param name="Detail">Optional explanation.</param>
public sealed record HistoryItem(DateTime At, string Source, string Subject, string? From, string To, string Cause, string? Detail);

/// <summary>One service's history of one subject, for example an order.</summary>
/// <param name="SubjectId">Id of the subject.</param>
/// <param name="Items">Oldest first; empty if this service recorded nothing.</param>
/// <param name="Complete">False if older items were left out because of the page limit.</param>
public sealed record AuditHistory(string SubjectId, IReadOnlyList<HistoryItem> Items, bool Complete)
{
    /// <summary>Maximum number of items in one answer.</summary>
    public const int MaxItems = 1000;

    /// <summary>Reads the latest audit rows of the subject in the order of insertion, so that the outcome is always included.</summary>
    /// <param name="db">The database whose audit is read.</param>
    /// <param name="subjectId">Id of the subject.</param>
    /// <param name="source">Names the source of a row.</param>
    /// <param name="cancel">Cancelled when the caller disconnects.</param>
    public static async Task<AuditHistory> Read(DbContext db, string subjectId, Func<AuditRow, string> source, CancellationToken cancel)
    {
        var rows = await db.Set<AuditRow>().AsNoTracking().Where(row => row.SubjectId == subjectId)
            .OrderByDescending(row => row.Id).Take(MaxItems + 1).ToListAsync(cancel);
        var items = rows.Take(MaxItems).Reverse()
            .Select(row => new HistoryItem(row.At, source(row), row.Subject, row.From.Length == 0 ? null : row.From, row.To, row.Cause, row.Detail));
        return new AuditHistory(subjectId, [.. items], rows.Count <= MaxItems);
    }

    /// <summary>Adds items of other sources and sorts by time.</summary>
    public AuditHistory With(IEnumerable<HistoryItem> more) => this with { Items = [.. Items.Concat(more).OrderBy(item => item.At)] };
}
