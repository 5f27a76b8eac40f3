using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Reads request bodies strictly: unknown members are refused, not ignored.</summary>
static class RequestBody
{
    public static async Task<T> Read<T>(HttpContext context) where T : class => StrictJson.Read<T>(await Bytes(context));

    /// <summary>As <see cref="Read{T}"/>, but the body is optional.</summary>
    public static async Task<T?> ReadOptional<T>(HttpContext context) where T : class =>
        await Bytes(context) is { Length: > 0 } body ? StrictJson.Read<T>(body) : null;

    static async Task<byte[]> Bytes(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    /// <summary>The caller's key of the request; required.</summary>
    public static string IdempotencyKey(HttpContext context)
    {
        var given = context.Request.Headers["Idempotency-Key"];
        return given is [{ } key] && FieldRules.IsIdempotencyKey(key)
            ? key
            : throw new Problem(ProblemTypes.InvalidIdempotencyKey,
                "Send one Idempotency-Key header of 1 to 255 printable ASCII characters, a new one for each operation, the same one for a repeat.");
    }

    /// <summary>Hash of the request's content; spaces and the order of members do not matter.</summary>
    public static string Hash(string operation, string target, object? request) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{operation} {target} {JsonSerializer.Serialize(request, WebJson.Options)}")));
}
