using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>What the stock participant did for an order: how a caller learns it whose messages were lost.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Branch">Always <c>stock</c>.</param>
/// <param name="State">Tried (held), Refused, Confirmed (sold) or Cancelled.</param>
/// <param name="Reason">Why the Try was refused.</param>
/// <param name="Rejected">The lines that could not be had.</param>
/// <param name="Lines">What the Try asked for; empty when the Cancel came before it.</param>
/// <param name="CreatedAt">UTC; the first message.</param>
/// <param name="UpdatedAt">UTC; the last change.</param>
sealed record BranchView(
    Guid OrderId, string Branch, string State, string? Reason, IReadOnlyList<RejectedLine>? Rejected, IReadOnlyList<OrderLine> Lines,
    DateTime CreatedAt, DateTime UpdatedAt);

/// <param name="Items">In the order of the order id; an order that has no branch is not there.</param>
sealed record BranchList(IReadOnlyList<BranchView> Items);

static class GetBranchesEndpoints
{
    const int MaxOrders = 100;
    const string NoBranch = "No message about this order has arrived here.";
    internal const string BadId = "This is not an order id.";

    static readonly BranchView Example = new(
        Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000"), "stock", "Tried", null, null, [new OrderLine("tea-001", 2)],
        new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc));

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/branches/stock/{orderId}", One)
            .WithName("GetStockBranch").WithTags("Branches").WithSummary("What the stock participant did for one order")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<BranchView>().ResponseExample(200, Example)
            .MayFail(400, "invalid-order-id", BadId).MayFail(404, "no-branch", NoBranch);
        app.MapGet("/branches/stock", Many)
            .WithName("ListStockBranches").WithTags("Branches").WithSummary("What the stock participant did for up to 100 orders")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<BranchList>().ResponseExample(200, new BranchList([Example]))
            .MayFail(400, "invalid-parameter", "A query parameter is not valid.");
    }

    static async Task<BranchView> One(string orderId, InventoryDb db, HttpContext http, CancellationToken cancel)
    {
        var id = OrderId(orderId);
        http.IsAbout(id);
        var branch = await db.Branches.AsNoTracking().SingleOrDefaultAsync(row => row.OrderId == id, cancel);
        return branch is null
            ? throw new Problem(404, "no-branch", NoBranch,
                $"Nothing is held for order {id}, and its Try may still be on its way. It is safe to send the command again.")
            : View(branch);
    }

    static async Task<BranchList> Many(string? orderIds, InventoryDb db, CancellationToken cancel)
    {
        var wanted = Query.Ids(nameof(orderIds), orderIds, MaxOrders);
        var found = await db.Branches.AsNoTracking().Where(row => wanted.Contains(row.OrderId)).ToListAsync(cancel);
        return new BranchList([.. found.OrderBy(row => row.OrderId).Select(View)]);
    }

    internal static Guid OrderId(string text) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw new Problem(400, "invalid-order-id", BadId,
            "Use the id of the order as it was given: a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");

    static BranchView View(Branch branch) => new(
        branch.OrderId, "stock", branch.State.ToString(), branch.Answer?.Reason, branch.Answer?.Lines, branch.Lines, branch.CreatedAt, branch.UpdatedAt);
}
