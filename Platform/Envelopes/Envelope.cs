using System.Buffers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace OrderSaga.Platform.Envelopes;

/// <summary>A message to be packed. An event carries the time of its publish call, UTC.</summary>
sealed record PendingMessage(Guid Id, Guid? CorrelationId, string? TraceParent, object Message, DateTime? PublishedAt = null);

/// <summary>
/// One broker message with several messages that one transaction sends to one queue. The receiver unpacks it first, so that each message
/// inside has its own id, inbox row, trace and failure.
/// <c>{"messages":[{"id":"...","correlationId":"...","trace":"00-...","type":"urn:message:...","message":{...}}]}</c>
/// </summary>
static class Envelope
{
    public static readonly ContentType ContentType = new("application/vnd.ordersaga.envelope+json");

    /// <summary>Envelopes of at most <paramref name="size"/> messages, fewer if they reach <paramref name="bytes"/> first.</summary>
    public static IEnumerable<(string Body, IReadOnlyList<PendingMessage> Messages)> Pack(IEnumerable<PendingMessage> messages, int size, int bytes)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var packed = new List<PendingMessage>();
        using var json = new Utf8JsonWriter(buffer);
        foreach (var message in messages)
        {
            if (packed.Count == 0)
                BeginEnvelope(json);
            Write(json, message);
            packed.Add(message);
            if (packed.Count < size && json.BytesPending + json.BytesCommitted < bytes)
                continue;
            yield return (EndEnvelope(json, buffer), packed);
            packed = [];
        }

        if (packed.Count > 0)
            yield return (EndEnvelope(json, buffer), packed);
    }

    /// <summary>The messages inside; null if the body is not a readable envelope.</summary>
    public static IReadOnlyList<EnvelopeMessage>? TryRead(ReceiveContext context)
    {
        if (context.ContentType?.MediaType != ContentType.MediaType)
            return null;
        try
        {
            return JsonSerializer.Deserialize<Read>(context.GetBody(), JsonSerializerOptions.Web)?.Messages?.ConvertAll(json => new EnvelopeMessage(json));
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            // The deserializer refuses the whole body, so it is stored as a failed message.
            return null;
        }
    }

    /// <summary>An envelope with only this message.</summary>
    public static byte[] WrapSingle(JsonElement message) =>
        Encoding.UTF8.GetBytes($$"""{"messages":[{{message.GetRawText()}}]}""");

    static void BeginEnvelope(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartArray("messages");
    }

    static void Write(Utf8JsonWriter json, PendingMessage message)
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

    /// <summary>Adds what a subscriber needs: the message types it may read the event as, and its time.</summary>
    static void WriteEvent(Utf8JsonWriter json, Type type, DateTime at)
    {
        json.WriteStartArray("types");
        foreach (var name in MessageTypeCache.GetMessageTypeNames(type))
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("at", at);
    }

    static string EndEnvelope(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
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
