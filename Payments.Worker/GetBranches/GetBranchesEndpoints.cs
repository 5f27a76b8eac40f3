using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Payments;

static class GetBranchesEndpoints
{
    const int MaxOrders = 100;
    const string NoBranch = "No message about this order has arrived here.";
    internal const string BadId = "This is not an order id.";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/branches/payment/{orderId}", One)
            .WithName("GetPaymentBranch").WithTags("Branches").WithSummary("What the payment participant did for one order")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<PaymentBranchView>().ResponseExample(200, PaymentBranchView.Example)
            .MayFail(400, "invalid-order-id", BadId).MayFail(404, "no-branch", NoBranch);
        app.MapGet("/branches/payment", Many)
            .WithName("ListPaymentBranches").WithTags("Branches").WithSummary("What the payment participant did for up to 100 orders")
            .RequireRole(Roles.Operator, Roles.Query).LimitRate()
            .Produces<PaymentBranchList>().ResponseExample(200, new PaymentBranchList([PaymentBranchView.Example]))
            .MayFail(400, "invalid-parameter", "A query parameter is not valid.");
    }

    static async Task<PaymentBranchView> One(string orderId, PaymentsDb db, HttpContext http, CancellationToken cancel)
    {
        var id = OrderId(orderId);
        http.IsAbout(id);
        var found = await Find(db, [id], cancel);
        return found.Count == 1 ? found[0] : throw new Problem(404, "no-branch", NoBranch,
            $"No money is held for order {id}, and its Try may still be on its way. It is safe to send the command again.");
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
        : throw new Problem(400, "invalid-order-id", BadId, "Use the id of the order as it was given: a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");
}
