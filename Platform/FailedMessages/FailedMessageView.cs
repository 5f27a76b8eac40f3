using System.Text;
using System.Text.Json;

namespace OrderSaga.Platform.FailedMessages;

/// <summary>A failed message whole.</summary>
/// <param name="Message">What the list shows.</param>
/// <param name="MessageId">The message's own id, by which a replay is handled once.</param>
/// <param name="CorrelationId">What it is about.</param>
/// <param name="ContentType">Of the body.</param>
/// <param name="Headers">Transport headers.</param>
/// <param name="Detail">The exception whole, as far as it fits.</param>
/// <param name="BodyText">The body, when it is UTF-8.</param>
/// <param name="BodyBase64">The body, when it is not.</param>
public sealed record FailedMessageView(FailedMessageItem Message, Guid? MessageId, Guid? CorrelationId, string ContentType,
    IReadOnlyDictionary<string, string?> Headers, string Detail, string? BodyText, string? BodyBase64)
{
    internal static FailedMessageView Of(string database, FailedMessage row)
    {
        var text = Text(row.Body);
        return new FailedMessageView(
            new FailedMessageItem(row.Id, database, row.Endpoint, row.MessageType, row.Cause, row.FailedAt, row.ReplayedAt),
            row.MessageId, row.CorrelationId, row.ContentType, HeadersOf(row), row.Detail, text, text is null ? Convert.ToBase64String(row.Body) : null);
    }

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
