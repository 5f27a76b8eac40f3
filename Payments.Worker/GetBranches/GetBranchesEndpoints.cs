using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Payments;

static class GetBranchesEndpoints
{
    const int MaxOrders = 100;
    const string NoBranch = "This participant has no branch of the order.";
    internal const string InvalidId = "The order id is invalid.";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/branches/payment/{orderId}", One)
            .WithName("GetPaymentBranch").WithTags("Branches").WithSummary("State of one order's payment branch")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<PaymentBranchView>().ResponseExample(200, PaymentBranchView.Example)
            .ProducesProblem(400, "invalid-order-id", InvalidId).ProducesProblem(404, "branch-not-found", NoBranch);
        app.MapGet("/branches/payment", Many)
            .WithName("ListPaymentBranches").WithTags("Branches").WithSummary("States of the payment branches of up to 100 orders")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<PaymentBranchList>().ResponseExample(200, new PaymentBranchList([PaymentBranchView.Example]))
            .ProducesProblem(400, "invalid-parameter", "A query parameter is invalid.");
    }

    static async Task<PaymentBranchView> One(string orderId, PaymentsDb db, HttpContext http, CancellationToken cancel)
    {
        var id = OrderId(orderId);
        http.TagOrder(id);
        var found = await Find(db, [id], cancel);
        return found.Count == 1 ? found[0] : throw new Problem(404, "branch-not-found", NoBranch,
            $"No money is held for order {id}, and its Try may still be in transit. It is safe to send the command again.");
    }

    static async Task<PaymentBranchList> Many(string? orderIds, PaymentsDb db, CancellationToken cancel)
    {
        var wanted = Query.Ids(nameof(orderIds), orderIds, MaxOrders);
        return new PaymentBranchList(await Find(db, wanted, cancel));
    }

    static async Task<List<PaymentBranchView>> Find(PaymentsDb db, List<Guid> ids, CancellationToken cancel)
    {
        var branches = await db.Branches.AsNoTracking().Where(row => ids.Contains(row.OrderId)).ToListAsync(cancel);
        var attempts = await db.Attempts.AsNoTracking().Where(row => ids.Contains(row.OrderId)).ToListAsync(cancel);
        var byOrder = attempts.ToLookup(attempt => attempt.OrderId);
        return [.. branches.OrderBy(branch => branch.OrderId).Select(branch => PaymentBranchView.Of(branch, byOrder[branch.OrderId]))];
    }

    internal static Guid OrderId(string text) => Guid.TryParseExact(text, "D", out var id) ? id
        : throw new Problem(400, "invalid-order-id", InvalidId, "Use the order id returned at placement, a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");
}
