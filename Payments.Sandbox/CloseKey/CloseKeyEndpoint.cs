using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>
/// POST /v1/keys/{key}/close: for a caller whose authorization got no answer and that does not want it any more. The answer is 200 with the
/// operation that has the key: if its status is <c>closed</c>, nothing came and nothing will; otherwise it came before.
/// </summary>
static class CloseKeyEndpoint
{
    public static void MapCloseKey(this IEndpointRouteBuilder api) => api.MapPost("/keys/{key}/close", Close);

    static async Task<IResult> Close(string key, HttpContext context, Ledger ledger)
    {
        if (!FieldRules.IsIdempotencyKey(key))
            throw new Problem(ProblemTypes.InvalidIdempotencyKey, "The key in the path must have 1 to 255 printable ASCII characters.");
        var request = (await RequestBody.Read<CloseRequest>(context)).Validated();
        var outcome = await ledger.Do(new CloseKey(key, RequestBody.Hash("close", key, request), request));
        return Results.Json(GatewayAnswer.Of(outcome.Accepted));
    }
}

/// <summary>Body of POST /v1/keys/{key}/close: the facts of the authorization that is closed.</summary>
/// <param name="Reference">The caller's own id.</param>
/// <param name="Amount">Minor units, at least 1.</param>
/// <param name="Currency">ISO 4217, upper case.</param>
sealed record CloseRequest(string? Reference, long? Amount, string? Currency)
{
    /// <summary>The rules of an authorization.</summary>
    public CloseRequest Validated()
    {
        AuthorizationRequest.CheckFacts(Reference, Amount, Currency);
        return this;
    }
}
