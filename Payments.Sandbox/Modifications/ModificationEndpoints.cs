namespace OrderSaga.Sandbox;

/// <summary>Capture, void and refund of an authorization. The body is optional.</summary>
static class ModificationEndpoints
{
    public static void MapFollowUps(this IEndpointRouteBuilder api)
    {
        api.MapPost("/authorizations/{id}/capture", Step(Operations.Capture));
        api.MapPost("/authorizations/{id}/void", Step(Operations.Void));
        api.MapPost("/captures/{id}/refund", Step(Operations.Refund));
    }

    static Func<string, HttpContext, Ledger, Faults, Task<IResult>> Step(string operation) => async (id, context, ledger, faults) =>
    {
        var key = RequestBody.IdempotencyKey(context);
        var body = await RequestBody.ReadOptional<ModificationRequest>(context) ?? new ModificationRequest(null);
        var fault = faults.For(key, token: null);

        var command = new Modification(key, RequestBody.Hash(operation, id, body), operation, id, body.Amount, fault.CaptureDeclined);
        return await context.Answer(await ledger.Do(command), fault);
    };
}

/// <param name="Amount">Minor units; only the whole amount can be captured or refunded.</param>
sealed record ModificationRequest(long? Amount);
