using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;

namespace OrderSaga.Payments;

static class BranchHistoryEndpoint
{
    static readonly DateTime Noon = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    static readonly AuditHistory Example = new("0199f0a0-7c1e-7000-8000-000000000000",
    [
        new(Noon, "payment", "payment branch", null, "Trying", "TryAuthorizePayment", null),
        new(Noon, "gateway", "payment authorize", null, "Sent", "TryAuthorizePayment", null),
        new(Noon.AddMilliseconds(21), "gateway", "payment authorize", "Sent", "Succeeded", "gateway called", "auth_0199f0a07c1e7000"),
        new(Noon.AddMilliseconds(21), "payment", "payment branch", "Trying", "Tried", "gateway: authorize succeeded", null),
    ], Complete: true);

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/branches/payment/{orderId}/history", Get)
        .WithName("GetPaymentHistory").WithTags("Branches")
        .WithSummary("All steps of one order's payment branch, its gateway calls and webhooks, with time and cause")
        .RequireRole(Roles.Operator, Roles.Query).LimitRate()
        .Produces<AuditHistory>().ResponseExample(200, Example)
        .ProducesProblem(400, "invalid-order-id", GetBranchesEndpoints.InvalidId);

    static async Task<AuditHistory> Get(string orderId, PaymentsDb db, HttpContext http, CancellationToken cancel)
    {
        var id = GetBranchesEndpoints.OrderId(orderId);
        http.TagOrder(id);
        var steps = await AuditHistory.Read(db, id.ToString(), SourceOf, cancel);
        var webhooks = await db.Webhooks.AsNoTracking().Where(row => row.OrderId == id)
            .OrderBy(row => row.ReceivedAt).Take(AuditHistory.MaxItems).ToListAsync(cancel);
        return steps.With(webhooks.Select(Describe));
    }

    static string SourceOf(AuditRow row) => row.Subject switch
    {
        "payment branch" => "payment",
        _ when row.Subject.StartsWith("payment ", StringComparison.Ordinal) => "gateway",
        _ => "operator",
    };

    static HistoryItem Describe(Webhook webhook) =>
        new(webhook.ReceivedAt, "webhook", "webhook", null, webhook.Outcome, GatewayEvent.Read(webhook.Body)?.Type ?? "webhook", webhook.Id);
}
