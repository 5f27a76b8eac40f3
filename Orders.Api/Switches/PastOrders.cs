using Microsoft.EntityFrameworkCore;
using Orders.Model;
using Orders.Model.Switches;

namespace Orders.Api.Switches;

/// <summary>A past order with what the rules see of it.</summary>
sealed record PastOrder(Guid Id, OrderFacts Facts);

static class PastOrders
{
    /// <summary>The orders that changed last. Roles come from the audit; they are missing where no switch was set at placement.</summary>
    public static async Task<IReadOnlyList<PastOrder>> Read(OrdersDb db, int last, CancellationToken cancel)
    {
        var orders = await db.Orders.AsNoTracking().OrderByDescending(order => order.UpdatedAt).Take(last).ToListAsync(cancel);
        var ids = orders.Select(order => order.CorrelationId.ToString()).ToArray();
        var texts = await db.Audit.AsNoTracking()
            .Where(row => EF.Parameter(ids).Contains(row.SubjectId) && row.Subject == OrderAudit.Subject && row.From == "" && row.Detail != null)
            .ToDictionaryAsync(row => row.SubjectId, row => row.Detail, cancel);
        return [.. orders.Select(order => new PastOrder(order.CorrelationId, Facts(order, texts.GetValueOrDefault(order.CorrelationId.ToString()))))];
    }

    static OrderFacts Facts(OrderState order, string? text)
    {
        var (keyRoles, customerRole) = PlacementDecision.Roles(text);
        return new OrderFacts(
            order.Merchant, order.IdempotencyKey, order.Customer, customerRole, keyRoles, [.. order.Lines.Select(line => line.Sku)], order.Class);
    }
}
