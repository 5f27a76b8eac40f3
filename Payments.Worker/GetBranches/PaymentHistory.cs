using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Participants;

namespace OrderSaga.Payments;

/// <summary>The steps of a branch, its gateway calls and its webhooks.</summary>
static class PaymentHistory
{
    static readonly DateTime ExampleTime = new(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);

    public static void Map(IEndpointRouteBuilder app) => app.MapBranchHistory<PaymentsDb>(PaymentFence.Participant, Read,
            new(ExampleTime, "payment", "payment branch", null, "Trying", "TryAuthorizePayment", null),
            new(ExampleTime, "gateway", "payment authorize", null, "Sent", "TryAuthorizePayment", null),
            new(ExampleTime.AddMilliseconds(21), "gateway", "payment authorize", "Sent", "Succeeded", "gateway called", "auth_0199f0a07c1e7000"),
            new(ExampleTime.AddMilliseconds(21), "payment", "payment branch", "Trying", "Tried", "gateway: authorize succeeded", null))
        .WithSummary("All steps of one order's payment branch, its gateway calls and webhooks, with time and cause");

    static async Task<AuditHistory> Read(PaymentsDb db, Guid orderId, CancellationToken cancel)
    {
        var steps = await AuditHistory.Read(db, orderId.ToString(), SourceOf, cancel);
        var webhooks = await db.Webhooks.AsNoTracking().Where(row => row.OrderId == orderId)
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
