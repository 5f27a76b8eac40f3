using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderSaga.Platform.Http;

/// <summary><c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>.</summary>
sealed class ApiKeyScheme(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiKeyRing ring, RequestsInProgress requests,
    AuthFailures failures)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "ApiKey";
    const string Bearer = "Bearer ";

    ApiKey? key;
    AuthFailure failure;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        if (Presented() is not { Length: > 0 } presented)
        {
            failure = AuthFailure.Missing;
            return AuthenticateResult.NoResult();
        }

        (key, failure) = ring.Find(presented);
        if (key is null || failure != AuthFailure.None)
            return AuthenticateResult.Fail("The API key is not in force.");
        requests.SetKey(Context, key);
        return AuthenticateResult.Success(new AuthenticationTicket(key.Principal, Name));
    }

    string? Presented()
    {
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : Request.Headers["X-Api-Key"].ToString();
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        failures.Record(failure, Context, key?.Name);
        if (failure != AuthFailure.Suspended)
            Response.Headers.WWWAuthenticate = "Bearer";
        return ProblemMiddleware.Write(Context, failure switch
        {
            AuthFailure.Missing => Unauthorized("Send an API key: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'."),
            AuthFailure.Expired => Unauthorized($"The API key '{key!.Name}' expired at {key.Entry.ExpiresAt:u}. Ask the operator for a new one."),
            AuthFailure.Suspended => new Problem(ProblemTypes.KeysUnavailable,
                $"{ApiKeys.FileName} cannot be read at the moment, so its keys are refused. Send the same request again later.") { RetryAfter = 10 },
            _ => Unauthorized("The API key is unknown. Check it for missing or extra characters, or ask the operator for a new one."),
        });
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        failures.Record(AuthFailure.Role, Context, Context.User.Identity?.Name);
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredRoles>()?.Roles ?? [];
        var has = Context.User.FindAll(ApiKey.RoleClaim).Select(claim => claim.Value);
        var detail = $"The call requires the role {string.Join(" or ", needed)}; this key has: {string.Join(", ", has)}. "
            + "Use another key, or ask the operator for the role.";
        return ProblemMiddleware.Write(Context, new Problem(ProblemTypes.Forbidden, detail));
    }

    static Problem Unauthorized(string detail) => new(ProblemTypes.Unauthorized, detail);
}

sealed record RequiredRoles(string[] Roles);
