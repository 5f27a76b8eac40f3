using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Database;

namespace Orders.Api;

/// <summary>One change of an order's state.</summary>
/// <param name="Id">Increasing; the event id of the live stream.</param>
/// <param name="At">UTC.</param>
/// <param name="From">State before; null for the placement.</param>
/// <param name="To">State after.</param>
/// <param name="Cause">The message, call or job that caused it.</param>
/// <param name="Detail">Optional explanation.</param>
public sealed record Transition(long Id, DateTime At, string? From, string To, string Cause, string? Detail);

static class Transitions
{
    /// <summary>The audit rows of the order. Its row lock makes their ids increase in the order of the events.</summary>
    public static async Task<List<Transition>> Of(OrdersDb db, Guid orderId, long after, CancellationToken cancel)
    {
        var subjectId = orderId.ToString();
        var rows = await db.Audit.AsNoTracking()
            .Where(row => row.SubjectId == subjectId && row.Subject == OrderAudit.Subject && row.Id > after)
            .OrderBy(row => row.Id).ToListAsync(cancel);
        return rows.ConvertAll(View);
    }

    static Transition View(AuditRow row) => new(row.Id, row.At, row.From.Length == 0 ? null : row.From, row.To, row.Cause, row.Detail);
}
