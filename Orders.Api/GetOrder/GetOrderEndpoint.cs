using System.ComponentModel;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

static class GetOrderEndpoint
{
    public static void MapGetOrder(this IEndpointRouteBuilder orders) => orders.MapGet("/{id}", Get)
        .WithName("GetOrder")
        .WithSummary("One order")
        .Produces<OrderView>()
        .ResponseExample(200, Examples.Completed)
        .ProducesProblem(ProblemTypes.InvalidId, ProblemTypes.OrderNotFound);

    static async Task<IResult> Get([Description("The order id.")] string id, HttpContext http, OrdersDb db) =>
        OrderResults.Order(await db.FindOwnOrder(http, id));
}
