using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Reads request bodies strictly: unknown members are refused, not ignored.</summary>
static class RequestBody
{
    static readonly JsonSerializerOptions Strict = new(WebJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
    };

    public static async Task<T> Read<T>(HttpContext context) where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Strict, context.RequestAborted)
                ?? throw Malformed("The body is null.");
        }
        catch (JsonException error)
        {
            throw Malformed(error.Message);
        }
    }

    /// <summary>As <see cref="Read{T}"/>, but the body is optional.</summary>
    public static async Task<T?> ReadOptional<T>(HttpContext context) where T : class
    {
        var body = await new StreamReader(context.Request.Body).ReadToEndAsync(context.RequestAborted);
        try
        {
            return body.Length == 0 ? null : JsonSerializer.Deserialize<T>(body, Strict);
        }
        catch (JsonException error)
        {
            throw Malformed(error.Message);
        }
    }

    /// <summary>The caller's key of the request; required.</summary>
    public static string IdempotencyKey(HttpContext context)
    {
        var given = context.Request.Headers["Idempotency-Key"];
        return given is [{ } key] && FieldRules.IsIdempotencyKey(key)
            ? key
            : throw new Problem(400, "idempotency-key", "Idempotency-Key is missing or malformed.",
                "Send one Idempotency-Key header of 1 to 255 printable ASCII characters, a new one for each operation, the same one for a repeat.");
    }

    /// <summary>Hash of the request's content; spaces and the order of members do not matter.</summary>
    public static string Hash(string operation, string target, object? request) => Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes($"{operation} {target} {JsonSerializer.Serialize(request, WebJson.Options)}")));

    static Problem Malformed(string cause) =>
        new(400, "malformed-body", "The body is invalid.", $"Send a JSON object as described in the documentation. {cause}");
}
