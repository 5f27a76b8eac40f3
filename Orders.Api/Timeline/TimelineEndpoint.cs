using System.ComponentModel;
using Orders.Model;
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
        var history = (await OrderHistory.Read(db, order, participants, http.RequestAborted)).ForMerchant();
        return new OrderTimeline(order.CorrelationId, [.. history.ByTime], history.Gaps);
    }
}
