using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderSaga.Payments;

/// <summary>An operation in the gateway's answers and ledger.</summary>
/// <param name="Id"><c>auth_...</c>, <c>cap_...</c>, <c>void_...</c>, <c>ref_...</c></param>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c>, <c>refund</c>; optional in an answer.</param>
/// <param name="Status"><c>succeeded</c>, <c>declined</c>, <c>pending</c>, <c>expired</c>, <c>closed</c>.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="AuthorizationId">The authorization it belongs to.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Reference">The order id.</param>
/// <param name="IdempotencyKey">The key of the request.</param>
/// <param name="Url">Hosted payment page.</param>
/// <param name="ExpiresAt">When the page closes.</param>
sealed record GatewayOperation(
    string? Id, string? Operation, string? Status, string? Reason, string? AuthorizationId, long Amount, string? Currency, string? Reference,
    string? IdempotencyKey, string? Url, DateTimeOffset? ExpiresAt);

sealed record GatewayOperations(IReadOnlyList<GatewayOperation>? Items);

/// <summary>
/// Reads the gateway's JSON even if a text in it is broken: half a character in a reason must not hide that the card was declined.
/// </summary>
static class GatewayJson
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerOptions.Web) { Converters = { new LenientText() } };

    /// <exception cref="GatewayNoAnswerException">The body is not valid.</exception>
    public static T Read<T>(byte[] body) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(WithoutByteOrderMark(body), Options) ?? throw new GatewayNoAnswerException("the gateway's answer is empty");
        }
        catch (JsonException unreadable)
        {
            throw new GatewayNoAnswerException($"the gateway's answer is invalid: {unreadable.Message}");
        }
    }

    /// <summary>The last part of a problem's type, or the code of an error; null if the body has none.</summary>
    public static string? Code(byte[] body)
    {
        try
        {
            var refusal = JsonSerializer.Deserialize<Refusal>(WithoutByteOrderMark(body), Options);
            return refusal?.Code ?? refusal?.Error?.Code ?? refusal?.Type?.Split('/')[^1];
        }
        catch (JsonException)
        {
            // For example a proxy's error page: only the status counts.
            return null;
        }
    }

    static ReadOnlySpan<byte> WithoutByteOrderMark(byte[] body) => body.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? body.AsSpan(3) : body;

    sealed record Refusal(string? Type, string? Code, RefusalError? Error);

    sealed record RefusalError(string? Code);

    /// <summary>Accepts lone surrogates and invalid UTF-8, at which the serializer's own reader throws.</summary>
    sealed class LenientText : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException($"a text is expected, not {reader.TokenType}");
            var text = Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
            return reader.ValueIsEscaped ? Unescape(text) : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        /// <summary>The reader has already checked that each escape is complete.</summary>
        static string Unescape(string text)
        {
            var plain = new StringBuilder(text.Length);
            for (var i = 0; i < text.Length; i++)
            {
                if (text[i] != '\\')
                    plain.Append(text[i]);
                else if (text[++i] == 'u')
                    (_, i) = (plain.Append((char)ushort.Parse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)), i + 4);
                else
                    plain.Append(text[i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var letter => letter });
            }
            return plain.ToString();
        }
    }
}
