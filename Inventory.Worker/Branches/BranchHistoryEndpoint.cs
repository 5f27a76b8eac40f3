using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

static class BranchHistoryEndpoint
{
    static readonly AuditHistory Example = new("0199f0a0-7c1e-7000-8000-000000000000",
    [
        new(new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc), "stock", "stock branch", null, "Tried", "TryReserveStock", "available -> held: tea-001 x 2"),
    ], Complete: true);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/branches/stock/{orderId}/history", Get)
        .WithName("GetStockHistory").WithTags("Branches").WithSummary("All steps of one order's stock branch, with time and cause")
        .RequireRole(Roles.Operator, Roles.Query).LimitRate()
        .Produces<AuditHistory>().ResponseExample(200, Example)
        .ProducesProblem(400, "invalid-order-id", GetBranchesEndpoints.InvalidId);

    static async Task<AuditHistory> Get(string orderId, InventoryDb db, HttpContext http, CancellationToken cancel)
    {
        var id = GetBranchesEndpoints.OrderId(orderId);
        http.TagOrder(id);
        return await AuditHistory.Read(db, id.ToString(), row => row.Subject == "stock branch" ? "stock" : "operator", cancel);
    }
}
