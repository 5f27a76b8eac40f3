using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderSaga.Platform.Inbox;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>A failed message with its body and headers.</summary>
/// <param name="Message">The fields shown in the list.</param>
/// <param name="MessageId">The message's own id; it makes a replay idempotent.</param>
/// <param name="CorrelationId">Id of what the message is about, for example an order.</param>
/// <param name="ContentType">Content type of the body.</param>
/// <param name="Headers">Transport headers.</param>
/// <param name="Detail">The exception with its stack, cut to the column's length.</param>
/// <param name="BodyText">The body, if it is UTF-8. Tokens are masked; a replay sends them.</param>
/// <param name="BodyBase64">The body, if it is not UTF-8; masked as the text.</param>
public sealed partial record FailedMessageView(FailedMessageItem Message, Guid? MessageId, Guid? CorrelationId, string ContentType,
    IReadOnlyDictionary<string, string?> Headers, string Detail, string? BodyText, string? BodyBase64)
{
    internal static FailedMessageView Of(string database, FailedMessage row)
    {
        var text = Text(row.Body);
        return new FailedMessageView(
            new FailedMessageItem(row.Id, database, row.Endpoint, row.MessageType, row.Cause, row.FailedAt, row.ReplayedAt),
            row.MessageId, row.CorrelationId, row.ContentType, HeadersOf(row), row.Detail, text is null ? null : Mask(text),
            text is null ? Convert.ToBase64String(Encoding.Latin1.GetBytes(Mask(Encoding.Latin1.GetString(row.Body)))) : null);
    }

    /// <summary>Works on any text, so that broken JSON hides nothing.</summary>
    static string Mask(string text) => Token().Replace(text, "${name}***");

    /// <summary>The value of a member whose name ends in "token", also in JSON within a JSON text.</summary>
    [GeneratedRegex("""(?<name>token\\*"\s*:\s*\\*")([^"\\]|\\.)+""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    internal static IReadOnlyDictionary<string, string?> HeadersOf(FailedMessage row) =>
        JsonSerializer.Deserialize<Dictionary<string, string?>>(row.Headers) ?? [];

    static string? Text(byte[] body)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
