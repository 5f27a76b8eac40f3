using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>State of an order's stock branch, for callers whose messages were lost.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Branch">Always <c>stock</c>.</param>
/// <param name="State">Tried (held), Refused, Confirmed (sold) or Cancelled.</param>
/// <param name="Reason">Why the Try was refused.</param>
/// <param name="Rejected">The lines that could not be reserved.</param>
/// <param name="Lines">Lines of the Try; empty if the Cancel came first.</param>
/// <param name="CreatedAt">UTC; time of the first message.</param>
/// <param name="UpdatedAt">UTC; time of the last change.</param>
sealed record BranchView(
    Guid OrderId, string Branch, string State, string? Reason, IReadOnlyList<RejectedLine>? Rejected, IReadOnlyList<OrderLine> Lines,
    DateTime CreatedAt, DateTime UpdatedAt);

/// <param name="Items">Sorted by order id; orders without a branch are left out.</param>
sealed record BranchList(IReadOnlyList<BranchView> Items);

static class GetBranchesEndpoints
{
    const int MaxOrders = 100;
    const string NoBranch = "This participant has no branch of the order.";
    internal const string InvalidId = "The order id is invalid.";

    static readonly BranchView Example = new(
        Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000"), "stock", "Tried", null, null, [new OrderLine("tea-001", 2)],
        new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc));

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/branches/stock/{orderId}", One)
            .WithName("GetStockBranch").WithTags("Branches").WithSummary("State of one order's stock branch")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<BranchView>().ResponseExample(200, Example)
            .ProducesProblem(400, "invalid-order-id", InvalidId).ProducesProblem(404, "branch-not-found", NoBranch);
        app.MapGet("/branches/stock", Many)
            .WithName("ListStockBranches").WithTags("Branches").WithSummary("States of the stock branches of up to 100 orders")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<BranchList>().ResponseExample(200, new BranchList([Example]))
            .ProducesProblem(400, "invalid-parameter", "A query parameter is invalid.");
    }

    static async Task<BranchView> One(string orderId, InventoryDb db, HttpContext http, CancellationToken cancel)
    {
        var id = OrderId(orderId);
        http.TagOrder(id);
        var branch = await db.Branches.AsNoTracking().SingleOrDefaultAsync(row => row.OrderId == id, cancel);
        return branch is null
            ? throw new Problem(404, "branch-not-found", NoBranch,
                $"Nothing is held for order {id}, and its Try may still be in transit. It is safe to send the command again.")
            : View(branch);
    }

    static async Task<BranchList> Many(string? orderIds, InventoryDb db, CancellationToken cancel)
    {
        var wanted = Query.Ids(nameof(orderIds), orderIds, MaxOrders);
        var found = await db.Branches.AsNoTracking().Where(row => wanted.Contains(row.OrderId)).ToListAsync(cancel);
        return new BranchList([.. found.OrderBy(row => row.OrderId).Select(View)]);
    }

    internal static Guid OrderId(string text) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw new Problem(400, "invalid-order-id", InvalidId,
            "Use the order id returned at placement, a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");

    static BranchView View(Branch branch) => new(
        branch.OrderId, "stock", branch.State.ToString(), branch.Answer?.Reason, branch.Answer?.Lines, branch.Lines, branch.CreatedAt, branch.UpdatedAt);
}
