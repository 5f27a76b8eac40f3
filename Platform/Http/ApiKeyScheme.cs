using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OrderSaga.Platform.Http;

/// <summary><c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>.</summary>
sealed class ApiKeyScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logs, UrlEncoder encoder, ApiKeyRing ring)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logs, encoder)
{
    public const string Name = "ApiKey";
    const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    AuthenticateResult Authenticate()
    {
        if (Presented() is not { Length: > 0 } presented)
            return AuthenticateResult.NoResult();
        return ring.Find(presented) is { } key
            ? AuthenticateResult.Success(new AuthenticationTicket(key.Principal, Name))
            : AuthenticateResult.Fail("The API key is unknown.");
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
        Response.Headers.WWWAuthenticate = "Bearer";
        var detail = Presented() is { Length: > 0 }
            ? "The API key is unknown. Check it for missing or extra characters, or ask the operator for a new one."
            : "Send an API key: 'Authorization: Bearer KEY' or 'X-Api-Key: KEY'.";
        return ProblemMiddleware.Write(Context, new Problem(ProblemTypes.Unauthorized, detail));
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var needed = Context.GetEndpoint()?.Metadata.GetMetadata<RequiredRoles>()?.Roles ?? [];
        var has = Context.User.FindAll(ApiKey.RoleClaim).Select(claim => claim.Value);
        var detail = $"The call requires the role {string.Join(" or ", needed)}; this key has: {string.Join(", ", has)}. "
            + "Use another key, or ask the operator for the role.";
        return ProblemMiddleware.Write(Context, new Problem(ProblemTypes.Forbidden, detail));
    }
}

sealed record RequiredRoles(string[] Roles);
