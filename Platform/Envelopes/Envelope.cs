using System.Buffers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace OrderSaga.Platform.Envelopes;

/// <summary>A message that waits to be packed; an event with the time when it was decided, UTC.</summary>
sealed record Packed(Guid Id, Guid? CorrelationId, string? TraceParent, object Message, DateTime? PublishedAt = null);

/// <summary>
/// A batch that travels whole: what one transaction sends to one queue, as one message of the broker. The receiver takes it
/// apart before anything else sees it, so that each message inside has its own id, inbox row, trace and failure.
/// <c>{"messages":[{"id":"...","correlationId":"...","trace":"00-...","type":"urn:message:...","message":{...}}]}</c>
/// </summary>
static class Envelope
{
    public static readonly ContentType ContentType = new("application/vnd.ordersaga.envelope+json");

    /// <summary>Bodies of at most <paramref name="size"/> messages, or fewer when they come to <paramref name="bytes"/> before.</summary>
    public static IEnumerable<(string Body, IReadOnlyList<Packed> Messages)> Pack(IEnumerable<Packed> messages, int size, int bytes)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var packed = new List<Packed>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var message in messages)
        {
            if (packed.Count == 0)
                Open(json);
            Write(json, message);
            packed.Add(message);
            if (packed.Count < size && json.BytesPending + json.BytesCommitted < bytes)
                continue;
            yield return (Close(json, buffer), packed);
            packed = [];
        }

        if (packed.Count > 0)
            yield return (Close(json, buffer), packed);
    }

    /// <summary>The messages inside; null when it is no envelope, or none that can be read.</summary>
    public static IReadOnlyList<MessageInside>? TryRead(ReceiveContext context)
    {
        if (context.ContentType?.MediaType != ContentType.MediaType)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Read>(context.GetBody(), JsonSerializerOptions.Web)?.Messages?.ConvertAll(json => new MessageInside(json));
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // Goes on whole; the deserializer refuses it, and so it comes to the failed messages.
            return null;
        }
    }

    /// <summary>What one of the messages is in an envelope of its own.</summary>
    public static byte[] Alone(JsonElement message) =>
        Encoding.UTF8.GetBytes($$"""{"messages":[{{message.GetRawText()}}]}""");

    static void Open(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("messages");
    }

    static void Write(Utf8JsonWriter json, Packed message)
    {
        var type = message.Message.GetType();
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        if (message.CorrelationId is { } correlation)
            json.WriteString("correlationId", correlation);
        if (message.TraceParent is { } trace)
            json.WriteString("trace", trace);
        json.WriteString("type", MessageUrn.ForTypeString(type));
        if (message.PublishedAt is { } at)
            WriteEvent(json, type, at);
        json.WritePropertyName("message");
        JsonSerializer.Serialize(json, message.Message, type, SystemTextJsonMessageSerializer.Options);
        json.WriteEndObject();
    }

    /// <summary>What a subscriber is told besides: all the types that it may read the event as, and when it was.</summary>
    static void WriteEvent(Utf8JsonWriter json, Type type, DateTime at)
    {
        json.WriteStartArray("types");
        foreach (var name in MessageTypeCache.GetMessageTypeNames(type))
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("at", at);
    }

    static string Close(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        var body = Encoding.UTF8.GetString(buffer.WrittenSpan);
        buffer.ResetWrittenCount();
        json.Reset();
        return body;
    }

    sealed record Read(List<JsonElement>? Messages);
}
