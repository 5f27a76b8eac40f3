using System.ComponentModel;
using Microsoft.Net.Http.Headers;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>GET /orders/{id}/trace; JSON, or text if the caller prefers it.</summary>
static class TraceEndpoint
{
    const string Json = "application/json";
    const string PlainText = "text/plain";
    static readonly string[] Offered = [Json, PlainText];

    public static void MapTrace(this IEndpointRouteBuilder orders) => orders.MapGet("/{id}/trace", Get)
        .WithName("GetTrace")
        .WithSummary("Where the time of the order went: a tree of the saga's steps, the participants' steps and the gateway attempts")
        .WithDescription("Made of the audit of all services, with offsets, durations and the critical path. The participants are queried in parallel with a "
            + "short timeout. gaps names those that did not answer; repeat the request for them. An operator may read the orders of every merchant.")
        .RequireRole(Roles.Orders, Roles.Operator).LimitRate()
        .AcceptsHeader("Accept", false, "application/json (the default), or text/plain for a terminal.", PlainText)
        .Produces<OrderTrace>().ResponseExample(200, Examples.Trace)
        .ProducesText(PlainText, TraceText.Of(Examples.Trace))
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.OrderNotFound);

    static async Task<IResult> Get(
        [Description("The order id.")] string id, HttpContext http, OrdersDb db, ParticipantHistories participants, TimeProvider clock)
    {
        var order = await db.FindReadableOrder(http, id);
        var history = await OrderHistory.Read(db, order, participants, http.RequestAborted);
        var trace = SpanTree.Of(http.User.IsInRole(Roles.Operator) ? history : history.ForMerchant(), clock.GetUtcNow().UtcDateTime);
        return Preferred(http.Request.GetTypedHeaders().Accept) == PlainText
            ? Results.Text(TraceText.Of(trace), PlainText + "; charset=utf-8")
            : Results.Json(trace);
    }

    /// <summary>Null: the caller accepts nothing that is offered, and gets JSON.</summary>
    static string? Preferred(IList<MediaTypeHeaderValue> accepted) => accepted
        .Where(type => type.Quality is null or > 0).OrderByDescending(type => type.Quality ?? 1)
        .Select(type => Array.Find(Offered, offer => type.MatchesMediaType(offer))).FirstOrDefault(offer => offer is not null);
}
