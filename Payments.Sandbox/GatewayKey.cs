using System.Security.Cryptography;
using System.Text;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Callers send the setting <c>Gateway:Key</c> as bearer token.</summary>
static class GatewayKey
{
    const string Scheme = "Bearer ";

    public static RouteGroupBuilder RequireGatewayKey(this RouteGroupBuilder group)
    {
        group.AllowAnonymous();   // no API keys of the host here: this check is the only one
        group.AddEndpointFilter(async (invocation, next) =>
        {
            var context = invocation.HttpContext;
            var expected = context.RequestServices.GetRequiredService<SandboxSettings>().Key;
            if (Matches(context.Request.Headers.Authorization.ToString(), expected))
                return await next(invocation);

            context.Response.Headers.WWWAuthenticate = "Bearer";
            throw new Problem(ProblemTypes.Unauthorized,
                "Send the header `Authorization: Bearer KEY` with the gateway's key.");
        });
        return group;
    }

    /// <summary>Hashes both before comparing, so that timing reveals neither content nor length.</summary>
    internal static bool Matches(string header, string key)
    {
        var given = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        return CryptographicOperations.FixedTimeEquals(Hash(given), Hash(key)) && key.Length > 0;
    }

    static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
