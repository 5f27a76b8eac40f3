using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

namespace Orders.Api;

static class SubmitOrderEndpoint
{
    public static void MapSubmitOrder(this IEndpointRouteBuilder orders) => orders.MapPost("", Submit).RefuseBeforeReading()
        .WithName("SubmitOrder")
        .WithSummary("Places an order")
        .WithDescription("Answers as soon as the order is stored; its Location shows the progress. The same key with the same body gives the same answer.")
        .AcceptsHeader("Idempotency-Key", true,
            "Your own key for this order, 1 to 255 printable ASCII characters; double quotes around it are ignored.",
            "8e03978e-40d5-43dd-bc93-6894a57f9324")
        .AcceptsHeader("Prefer", false, "wait=N waits up to N seconds (maximum 30) until the order is final or has a payment page.", "wait=10")
        .Produces<OrderView>(StatusCodes.Status202Accepted)
        .Produces<OrderView>(StatusCodes.Status200OK)
        .RequestExample(Examples.Request)
        .ResponseExample(202, Examples.Placed)
        .ResponseExample(200, Examples.Completed)
        .ProducesProblem(
            ProblemTypes.InvalidIdempotencyKey, ProblemTypes.InvalidOrder, ProblemTypes.IdempotencyKeyReused, ProblemTypes.UnknownSku,
            ProblemTypes.UnknownClass, ProblemTypes.CurrencyDiffers, ProblemTypes.PriceChanged, ProblemTypes.TotalTooLarge, ProblemTypes.TooManyOrders);

    /// <summary>Refuses after authentication and before the body is read.</summary>
    static RouteHandlerBuilder RefuseBeforeReading(this RouteHandlerBuilder endpoint)
    {
        endpoint.Finally(built =>
        {
            var place = built.RequestDelegate!;
            built.RequestDelegate = http =>
                http.RequestServices.GetRequiredService<Backpressure>() is { IsFull: true } full ? RepeatOrRefuse(http, full, place) : place(http);
        });
        return endpoint;
    }

    /// <summary>Answers a repeated request from the store under any load: a shop must not take a placed order for a refused one.</summary>
    static async Task RepeatOrRefuse(HttpContext http, Backpressure full, RequestDelegate place)
    {
        var key = IdempotencyKey.Of(http);
        var stored = http.RequestServices.GetRequiredService<IdempotencyKeyLookup>();
        if (OrderRules.CheckKey(key) is not null || await stored.Has(http.User.Merchant(), key, IdempotencyKey.LegacyOf(http)))
            await place(http);
        else
            await http.Refuse(full.Refusal());
    }

    static async Task<IResult> Submit(OrderRequest order, HttpContext http, PlacementBatches placements, OrderWatcher watcher)
    {
        var placed = await placements.Place(new PlacementRequest(http.User.Merchant(), IdempotencyKey.Of(http), order, IdempotencyKey.LegacyOf(http)));
        http.TagOrder(placed.OrderId);
        FailPoint.Hit("placement.before-answer");

        http.Response.Headers.Location = $"/orders/{placed.OrderId}";
        if (placed.Replayed)
            http.Response.Headers["Idempotency-Replayed"] = "true";
        return WaitPreference.Of(http) is { } wait
            ? await Wait(placed, wait, http, watcher)
            : OrderResults.Json(placed.Answer, placed.Status);
    }

    static async Task<IResult> Wait(Placed placed, TimeSpan wait, HttpContext http, OrderWatcher watcher)
    {
        http.Response.Headers["Preference-Applied"] = $"wait={wait.TotalSeconds}";
        var order = await watcher.WaitUntil(placed.OrderId, IsDecided, wait, http.RequestAborted);
        return OrderResults.Order(order, OrderLifecycle.Of(order.State).IsAtRest ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    /// <summary>A hosted payment waits for the customer, whom the caller must first send to the payment page.</summary>
    static bool IsDecided(OrderState order) => OrderLifecycle.Of(order.State).IsAtRest || order is { State: OrderStates.AwaitingPayment, PaymentUrl: not null };
}
