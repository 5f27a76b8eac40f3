using System.Globalization;
using System.Text;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Rates;

namespace Orders.Api;

static class SubmitOrderEndpoint
{
    const string InvalidKey = "\n";
    const int MaxWaitSeconds = 30;

    public static void MapSubmitOrder(this IEndpointRouteBuilder orders) => orders.MapPost("", Submit).RefuseBeforeReading()
        .WithName("SubmitOrder")
        .WithSummary("Places an order")
        .WithDescription("Answers as soon as the order is stored; its Location shows the progress. The same key with the same body gives the same answer.")
        .AcceptsHeader("Idempotency-Key", true,
            "Your own key for this order, 1 to 255 printable ASCII characters; double quotes around it are ignored.",
            "8e03978e-40d5-43dd-bc93-6894a57f9324")
        .AcceptsHeader("Prefer", false,
            "wait=N waits up to N seconds (maximum 30) until the order is final, in review, or waits for the customer to pay.", "wait=10")
        .Produces<OrderView>(StatusCodes.Status202Accepted)
        .Produces<OrderView>(StatusCodes.Status200OK)
        .RequestExample(Examples.Request)
        .ResponseExample(202, Examples.Placed)
        .ResponseExample(200, Examples.Completed)
        .ProducesProblem(
            ProblemTypes.InvalidIdempotencyKey, ProblemTypes.InvalidOrder, ProblemTypes.IdempotencyKeyReused, ProblemTypes.UnknownSku,
            ProblemTypes.UnknownClass, ProblemTypes.CurrencyDiffers, ProblemTypes.PriceChanged, ProblemTypes.TotalTooLarge,
            ProblemTypes.TooManyOrders, ProblemTypes.TooManyUnpaidOrders, ProblemTypes.TooManyRequests);

    /// <summary>Refuses after authentication and before the body is read.</summary>
    static RouteHandlerBuilder RefuseBeforeReading(this RouteHandlerBuilder endpoint)
    {
        endpoint.Finally(built =>
        {
            var place = built.RequestDelegate!;
            built.RequestDelegate = http => Admit(http, place);
        });
        return endpoint;
    }

    static async Task Admit(HttpContext http, RequestDelegate place)
    {
        var services = http.RequestServices;
        var (limits, backpressure) = (services.GetRequiredService<PlacementLimits>(), services.GetRequiredService<Backpressure>());
        if (limits.HasTooManyFailures(http.User))
        {
            await LimitedRequests.SlowDown(http);
            await RepeatOrRefuse(http, PlacementLimits.FailureRefusal, place);
        }
        else if (backpressure.IsFull(http.User.Merchant()) && FieldRules.IsIdempotencyKey(IdempotencyKey(http).Key))
        {
            // Without a valid key there is nothing to repeat: the endpoint says so.
            await RepeatOrRefuse(http, backpressure.Refusal, place);
        }
        else if (limits.ChargeOf(http.User) is { } charge && charge.Excess() is { } excess)
        {
            await RepeatOrRefuse(http, place, charge, excess);
        }
        else
        {
            await PlaceOrCharge(http, limits, place);
        }
    }

    /// <summary>Answers a repeated request from the store under any load: a shop must not take a placed order for a refused one.</summary>
    static async Task RepeatOrRefuse(HttpContext http, Func<string, Problem> refusal, RequestDelegate place)
    {
        if (await IsStored(http))
            await place(http);
        else
            await http.Refuse(refusal(http.User.Merchant()));
    }

    static async Task RepeatOrRefuse(HttpContext http, RequestDelegate place, RateCharge charge, RateExcess excess)
    {
        if (await IsStored(http))
        {
            await place(http);
            return;
        }

        RateResponses.WriteHeaders(http.Response, charge);
        await RateResponses.Refuse(http, Placements.RateRefusal(excess, http.User.Merchant()));
    }

    static async Task<bool> IsStored(HttpContext http)
    {
        var (key, legacyKey) = IdempotencyKey(http);
        var (stored, merchant) = (http.RequestServices.GetRequiredService<IdempotencyKeyLookup>(), http.User.Merchant());
        return FieldRules.IsIdempotencyKey(key)
            && await stored.Has([IdempotencyRecord.IdOf(merchant, key), IdempotencyRecord.IdOf(merchant, legacyKey ?? key)]).WaitAsync(http.RequestAborted);
    }

    static async Task PlaceOrCharge(HttpContext http, PlacementLimits limits, RequestDelegate place)
    {
        try
        {
            await place(http);
        }
        catch (Exception mistake) when (mistake is Problem { Type.Status: < 500 } or BadHttpRequestException)
        {
            limits.ChargeFailure(http.User);
            throw;
        }
    }

    static async Task<IResult> Submit(OrderRequest order, HttpContext http, PlacementBatches placements, PlacementLimits limits, OrderWatcher watcher)
    {
        var (key, legacyKey) = IdempotencyKey(http);
        var request = new PlacementRequest(http.User.Merchant(), key, order, legacyKey)
        {
            Actor = Actor.Of(http.User),
            KeyRoles = http.User.RoleNames(),
            Charge = limits.ChargeOf(http.User, order.Customer),
        };
        var result = await Place(request, http, placements);
        if (request.Charge is { } charge)
            RateResponses.WriteHeaders(http.Response, charge);
        if (result is not Refused { Problem: var problem })
            return await Answer((Placed)result, http, watcher);
        await Refuse(problem, http, limits);
        return Results.Empty;
    }

    static async Task<PlacementResult> Place(PlacementRequest request, HttpContext http, PlacementBatches placements)
    {
        try
        {
            return await placements.Place(request, http.RequestAborted);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // The order may be placed: the answer must not be that the time was too short and nothing was changed.
            Deadline.Lift(http);
            throw;
        }
    }

    static Task Refuse(Problem problem, HttpContext http, PlacementLimits limits)
    {
        if (problem.Type == ProblemTypes.TooManyRequests)
            return RateResponses.Refuse(http, problem);
        // An order in excess is no mistake; Backpressure limits these.
        if (problem.Type != ProblemTypes.TooManyOrders)
            limits.ChargeFailure(http.User);
        return http.Refuse(problem);
    }

    static async Task<IResult> Answer(Placed placed, HttpContext http, OrderWatcher watcher)
    {
        Deadline.Lift(http);
        http.TagOrder(placed.OrderId);
        FailPoint.Hit("placement.before-answer");

        http.Response.Headers.Location = $"/orders/{placed.OrderId}";
        if (placed.Replayed)
            http.MarkReplayed();
        return WaitPreference(http) is { } wait
            ? await Wait(placed, wait, http, watcher)
            : OrderResults.Json(placed.Answer, placed.Status);
    }

    static async Task<IResult> Wait(Placed placed, TimeSpan wait, HttpContext http, OrderWatcher watcher)
    {
        http.Response.Headers["Preference-Applied"] = $"wait={wait.TotalSeconds}";
        var order = await watcher.WaitUntil(placed.OrderId, IsDecided, wait, http);
        return OrderResults.Order(order, OrderLifecycle.Of(order.State).IsFinalOrInReview ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    /// <summary>A hosted payment waits for the customer, whom the caller must first send to the payment page.</summary>
    static bool IsDecided(OrderState order) =>
        OrderLifecycle.Of(order.State).IsFinalOrInReview || order is { State: OrderStates.AwaitingPayment, PaymentUrl: not null };

    /// <summary>
    /// A key in double quotes equals the key without them: the IETF draft makes it a structured-field string (RFC 8941), and clients differ
    /// in whether they quote it. Legacy is the key as earlier versions stored it, if different: with its quotes.
    /// </summary>
    static (string Key, string? Legacy) IdempotencyKey(HttpContext http)
    {
        var header = http.Request.Headers["Idempotency-Key"];
        if (header.Count > 1)
            return (InvalidKey, null);
        if (header.ToString() is ['"', .. var rest] quoted)
            return (Unquoted(rest), quoted);
        return (header.ToString(), null);
    }

    /// <summary>RFC 8941 3.3.3: only a quote and a backslash are escaped, and nothing follows the closing quote.</summary>
    static string Unquoted(string rest)
    {
        var key = new StringBuilder();
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
                return i == rest.Length - 1 ? key.ToString() : InvalidKey;
            if (rest[i] == '\\' && (++i == rest.Length || rest[i] is not ('"' or '\\')))
                return InvalidKey;
            key.Append(rest[i]);
        }

        return InvalidKey;
    }

    /// <summary>RFC 7240: <c>Prefer: wait=N</c>, seconds. An invalid preference is ignored, as the RFC requires.</summary>
    static TimeSpan? WaitPreference(HttpContext http)
    {
        foreach (var preference in http.Request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            var parts = preference.Split(';')[0].Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length == 2 && parts[0].Equals("wait", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(parts[1].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(Math.Min(seconds, MaxWaitSeconds));
        }

        return null;
    }
}
