using System.Runtime.Serialization;
using System.Text.Json;
using Orders.Model.Placement;
using OrderSaga.Contracts;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Http;

namespace Orders.Sagas;

/// <summary>Parses the command with the rules of the body of POST /orders, and with the same error texts.</summary>
static class SubmitOrderReader
{
    static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Returns null, and the problem, if the message is not a valid order.</summary>
    public static PlacementRequest? Request(JsonBody body, out Problem? problem, string? actor = null)
    {
        problem = null;
        try
        {
            var order = StrictJson.Read<SubmitOrder>(body.Utf8.Span);
            return new PlacementRequest(order.Merchant, order.IdempotencyKey, OrderRequest.Of(order)) { Actor = actor };
        }
        catch (Problem invalid)
        {
            problem = invalid;
            return null;
        }
    }

    /// <summary>
    /// Merchant and idempotency key for OrderRejected, which all subscribers receive, from a body that may be invalid. An invalid merchant or key
    /// loses its control characters and is cut to its maximum length; a missing one is empty.
    /// </summary>
    /// <exception cref="SerializationException">The body is not a JSON object, or one of the two fields is no text.</exception>
    public static (string Merchant, string Key) MerchantAndKey(JsonBody body)
    {
        using var json = JsonDocument.Parse(body.Utf8, Lenient);
        return json.RootElement.ValueKind == JsonValueKind.Object
            ? (Clean(Text(json.RootElement, "merchant"), FieldRules.IsMerchant, FieldRules.MaxMerchantLength),
                Clean(Text(json.RootElement, "idempotencyKey"), FieldRules.IsIdempotencyKey, FieldRules.MaxIdempotencyKeyLength))
            : throw new SerializationException("The body is not a JSON object.");
    }

    static string Clean(string text, Func<string, bool> isValid, int maxLength) =>
        isValid(text) ? text : OrderSaga.Platform.Common.Text.Clean(text, maxLength)!;

    static string Text(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return "";
        if (value.ValueKind != JsonValueKind.String)
            throw new SerializationException($"OrderRejected cannot be published: /{name} is not a string.");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException broken)
        {
            throw new SerializationException($"OrderRejected cannot be published: /{name} is not text.", broken);
        }
    }
}
