using System.Buffers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using OrderSaga.Platform.Envelopes;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// The events of one type that one transaction publishes share an outbox row, packed as an <see cref="Envelope"/>. They are not sent that
/// way: a subscriber gets each event as its own message, in the format of docs/asyncapi.yaml.
/// </summary>
static class EventRow
{
    public static readonly ContentType ContentType = new("application/vnd.ordersaga.events+json");

    static readonly string Wrapped = MassTransit.Serialization.SystemTextJsonMessageSerializer.JsonContentType.ToString();

    /// <summary>The broker messages of a row: the events in it, or the row itself.</summary>
    public static IReadOnlyList<OutboxMessage> Messages(OutboxMessage row)
    {
        if (row.ContentType != ContentType.ToString())
            return [row];
        using var json = JsonDocument.Parse(row.Body);
        return [.. json.RootElement.GetProperty("messages").EnumerateArray().Select(packed => Event(row, packed))];
    }

    static OutboxMessage Event(OutboxMessage row, JsonElement packed) => row with
    {
        Id = packed.GetProperty("id").GetGuid(),
        CorrelationId = packed.TryGetProperty("correlationId", out var id) ? id.GetGuid() : null,
        TraceParent = packed.TryGetProperty("trace", out var trace) ? trace.GetString() : null,
        ContentType = Wrapped,
        Body = Wrap(packed),
    };

    static string Wrap(JsonElement packed)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Copy(json, "messageId", packed, "id");
            Copy(json, "correlationId", packed, "correlationId");
            Copy(json, "messageType", packed, "types");
            Copy(json, "message", packed, "message");
            Copy(json, "sentTime", packed, "at");
            json.WriteStartObject("headers");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    static void Copy(Utf8JsonWriter json, string name, JsonElement from, string property)
    {
        if (!from.TryGetProperty(property, out var value))
            return;
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
