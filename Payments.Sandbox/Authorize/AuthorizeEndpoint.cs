namespace OrderSaga.Sandbox;

static class AuthorizeEndpoint
{
    public static void MapAuthorize(this IEndpointRouteBuilder api) => api.MapPost("/authorizations", Authorize);

    static async Task<IResult> Authorize(HttpContext context, Ledger ledger, Faults faults, SandboxSettings settings)
    {
        var key = RequestBody.IdempotencyKey(context);
        var request = (await RequestBody.Read<AuthorizationRequest>(context)).Validated();
        var fault = faults.For(key, request.Token);

        var command = new Authorize(key, RequestBody.Hash(Operations.Authorize, "", request), request, Decide(request, fault), PayBase(context, settings));
        return await context.Answer(await ledger.Do(command), fault);
    }

    static Verdict Decide(AuthorizationRequest request, Fault fault) => request switch
    {
        { Hosted: true } => new Verdict(Statuses.Pending),
        { Token: Tokens.Declined } => new Verdict(Statuses.Declined, "card declined"),
        { Token: Tokens.SoftDeclined } => new Verdict(Statuses.Declined, "issuer unavailable"),
        _ when fault.Declined => new Verdict(Statuses.Declined, "card declined"),
        _ => new Verdict(Statuses.Succeeded),
    };

    static string PayBase(HttpContext context, SandboxSettings settings)
    {
        var root = settings.PublicUrl ?? $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}";
        return root + HostedPage.Path;
    }
}
