using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>What reconciliation and operators did about one order, for its timeline.</summary>
static class CaseHistoryEndpoint
{
    /// <summary>Maximum number of an order's cases, and of its repairs, in one answer.</summary>
    const int MaxCases = 50;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/cases/orders/{orderId}/history", Get)
        .WithName("GetCaseHistory").WithTags("Cases")
        .WithSummary("All steps of one order's cases and repairs, with time and cause")
        .RequireRole(Roles.Operator, Roles.Query).LimitRate()
        .Produces<AuditHistory>().ResponseExample(200, Examples.CaseHistory)
        .ProducesProblem(ProblemTypes.InvalidId);

    static async Task<AuditHistory> Get([Description("The order's id.")] string orderId, ReconcilerDb db, HttpContext http, CancellationToken cancel)
    {
        var order = Ids.Read(orderId);
        http.TagOrder(order);
        var cases = await db.Cases.Where(row => row.OrderId == order).OrderBy(row => row.OpenedAt).Select(row => row.Id).Take(MaxCases).ToListAsync(cancel);
        var repairs = await db.Repairs.Where(row => row.OrderId == order).OrderBy(row => row.SentAt).Select(row => row.Id).Take(MaxCases).ToListAsync(cancel);
        var history = new AuditHistory(order.ToString(), [], Complete: cases.Count < MaxCases && repairs.Count < MaxCases);
        foreach (var id in cases.Concat(repairs))
            history = history.With((await AuditHistory.Read(db, id.ToString(), row => row.Subject, cancel)).Items);
        return history;
    }
}
