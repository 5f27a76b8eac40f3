using System.ComponentModel;
using Orders.Model;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>Everything that happened to an order in all services.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Items">
/// Oldest first. Source is order, recovery, operator, stock, payment, gateway, webhook (of the gateway), delivery (a webhook to the
/// merchant), case or repair. Times come from the process that acted, so items of two processes may be slightly out of order.
/// </param>
/// <param name="Gaps">Sources whose items are missing, and why; empty if the timeline is complete.</param>
public sealed record OrderTimeline(Guid OrderId, IReadOnlyList<HistoryItem> Items, IReadOnlyList<TimelineGap> Gaps);

static class TimelineEndpoint
{
    public static void MapTimeline(this IEndpointRouteBuilder orders) => orders.MapGet("/{id}/timeline", Get)
        .WithName("GetTimeline")
        .WithSummary("Everything that happened to the order: transitions, branch steps, gateway calls, webhooks, recovery, operators' actions, cases")
        .WithDescription("The other services are queried in parallel with a short timeout. "
            + "gaps names each source that did not answer (repeat the request for it) or that shows only its last items.")
        .LimitRate()
        .Produces<OrderTimeline>()
        .ResponseExample(200, Examples.Timeline)
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.OrderNotFound);

    static async Task<OrderTimeline> Get([Description("The order id.")] string id, HttpContext http, OrdersDb db, ParticipantHistories participants)
    {
        var order = await db.FindOwnOrder(http, id);
        var requested = participants.Histories(order.CorrelationId, http.RequestAborted);
        var own = await AuditHistory.Read(db, order.CorrelationId.ToString(), SourceOf, http.RequestAborted);
        var deliveries = await TimelineDeliveries.Of(db, order, http.RequestAborted);
        var received = await requested;
        var items = own.With(received.SelectMany(one => one.Items).Concat(deliveries)).Items.Select(ForMerchant);
        return new OrderTimeline(order.CorrelationId, [.. items], [.. Gaps(own, received)]);
    }

    /// <summary>Removes operators' names and technical errors; the participants' own histories show them to operators.</summary>
    static HistoryItem ForMerchant(HistoryItem item) => item switch
    {
        { Source: "operator" } => item with { Cause = "operator", Detail = null },
        { Source: "case" or "repair" } => item with { Cause = "reconciliation", Detail = null },
        { Source: "gateway", To: "Unknown" } => item with { Detail = "no answer" },
        { Source: "gateway", To: "Declined" } => item with { Detail = null },
        _ => item,
    };

    static IEnumerable<TimelineGap> Gaps(AuditHistory own, ParticipantHistory[] received) =>
        (own.Complete ? [] : new[] { new TimelineGap("order", $"only its last {AuditHistory.MaxItems} items are shown") })
        .Concat(received.Select(one => one.Gap).OfType<TimelineGap>());

    static string SourceOf(AuditRow row) => row switch
    {
        { Subject: not OrderAudit.Subject } => "operator",
        { Cause: OrderAudit.RecoveryCause } => "recovery",
        _ => "order",
    };
}
