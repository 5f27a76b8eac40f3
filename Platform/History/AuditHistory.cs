using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.History;

/// <summary>One thing that happened.</summary>
/// <param name="At">UTC, by the clock of the process that did it.</param>
/// <param name="Source">Who did it or told of it.</param>
/// <param name="Subject">What changed.</param>
/// <param name="From">State before; null when there was none.</param>
/// <param name="To">State after, or what came of it.</param>
/// <param name="Cause">The message, call or job that caused it.</param>
/// <param name="Detail">More, if there is more to say.</param>
public sealed record HistoryItem(DateTime At, string Source, string Subject, string? From, string To, string Cause, string? Detail);

/// <summary>What one service knows of what happened to one thing.</summary>
/// <param name="SubjectId">The thing's id.</param>
/// <param name="Items">The oldest first; empty when nothing has happened here.</param>
/// <param name="Complete">False: there is more than one answer holds, and what is older is left out.</param>
public sealed record AuditHistory(string SubjectId, IReadOnlyList<HistoryItem> Items, bool Complete)
{
    /// <summary>Items of one answer.</summary>
    public const int MostItems = 1000;

    /// <summary>The last audit rows about the thing, in the order in which they were written: how it ended is always here.</summary>
    /// <param name="db">Whose audit.</param>
    /// <param name="subjectId">The thing's id.</param>
    /// <param name="source">Who stands behind a row.</param>
    /// <param name="cancel">Nobody wants the answer any more.</param>
    public static async Task<AuditHistory> Read(ServiceDb db, string subjectId, Func<AuditRow, string> source, CancellationToken cancel)
    {
        var rows = await db.Audit.AsNoTracking().Where(row => row.SubjectId == subjectId)
            .OrderByDescending(row => row.Id).Take(MostItems + 1).ToListAsync(cancel);
        var items = rows.Take(MostItems).Reverse()
            .Select(row => new HistoryItem(row.At, source(row), row.Subject, row.From.Length == 0 ? null : row.From, row.To, row.Cause, row.Detail));
        return new AuditHistory(subjectId, [.. items], rows.Count <= MostItems);
    }

    /// <summary>With what is known from elsewhere, by time.</summary>
    public AuditHistory With(IEnumerable<HistoryItem> more) => this with { Items = [.. Items.Concat(more).OrderBy(item => item.At)] };
}
