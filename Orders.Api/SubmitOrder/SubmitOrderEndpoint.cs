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
        .WithDescription("Answers as soon as the order is kept; the rest is seen at its address. The same key with the same body gives the same answer.")
        .ReadsHeader("Idempotency-Key", true,
            "Your own key for this order, 1 to 255 printable ASCII characters; in double quotes or without, it is the same key.",
            "8e03978e-40d5-43dd-bc93-6894a57f9324")
        .ReadsHeader("Prefer", false, "wait=N waits up to N seconds (30 at most) for the order's end, or for the url at which the customer pays.", "wait=10")
        .Produces<OrderView>(StatusCodes.Status202Accepted)
        .Produces<OrderView>(StatusCodes.Status200OK)
        .RequestExample(Examples.Request)
        .ResponseExample(202, Examples.Placed)
        .ResponseExample(200, Examples.Completed)
        .MayFail(400, "idempotency-key-missing", "The idempotency key is missing or not valid.")
        .MayFail(400, "invalid-order", "The order breaks a rule.")
        .MayFail(422, "idempotency-key-reused", "The idempotency key was used for another order.")
        .MayFail(422, "unknown-sku", "A sku is not in the price list.")
        .MayFail(422, "unknown-class", "The order's class is not known.")
        .MayFail(422, "currency-differs", "A sku is priced in another currency.")
        .MayFail(422, "price-changed", "The total is not what the customer was shown.")
        .MayFail(422, "total-too-large", "The order's total is too large.")
        .MayFail(429, "too-many-orders", "Too many orders are under way.");

    /// <summary>The caller is known by then, the body not read yet.</summary>
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

    /// <summary>What is placed already is answered from the store, whatever the load: a shop must not take a placed order for a refused one.</summary>
    static async Task RepeatOrRefuse(HttpContext http, Backpressure full, RequestDelegate place)
    {
        var key = IdempotencyKey.Of(http);
        var stored = http.RequestServices.GetRequiredService<StoredKeys>();
        if (OrderRules.WrongKey(key) is not null || await stored.Has(http.User.Merchant(), key, IdempotencyKey.FormerOf(http)))
            await place(http);
        else
            await http.Refuse(full.Refusal());
    }

    static async Task<IResult> Submit(OrderRequest order, HttpContext http, PlacementBatches placements, OrderWatcher watcher)
    {
        var placed = await placements.Place(new PlacementRequest(http.User.Merchant(), IdempotencyKey.Of(http), order, IdempotencyKey.FormerOf(http)));
        http.IsAbout(placed.OrderId);
        FailPoint.Hit("placement.before-answer");

        http.Response.Headers.Location = $"/orders/{placed.OrderId}";
        if (placed.Replayed)
            http.Response.Headers["Idempotency-Replayed"] = "true";
        return WaitPreference.Of(http) is { } wait
            ? await Wait(placed, wait, http, watcher)
            : Answers.Json(placed.Answer, placed.Status);
    }

    static async Task<IResult> Wait(Placed placed, TimeSpan wait, HttpContext http, OrderWatcher watcher)
    {
        http.Response.Headers["Preference-Applied"] = $"wait={wait.TotalSeconds}";
        var order = await watcher.Until(placed.OrderId, HasCome, wait, http.RequestAborted);
        return Answers.Order(order, States.AtRest(order.State) ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    /// <summary>A hosted payment waits for the customer, whom the caller must send to the url: no use in waiting for the end.</summary>
    static bool HasCome(OrderState order) => States.AtRest(order.State) || order is { State: States.AwaitingPayment, PaymentUrl: not null };
}
