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
        .ProducesProblem(400, "invalid-order-id", "The order id is invalid.")
        .ProducesProblem(404, "order-not-found", "Order not found.");

    static async Task<IResult> Get([Description("The order id.")] string id, HttpContext http, OrdersDb db) =>
        OrderResults.Order(await db.FindOwnOrder(http, id));
}
