using System.Text.Json.Nodes;

namespace Testing;

/// <summary>One message of an outbox row: the row's own message, or each message of its envelope.</summary>
/// <param name="Type">The message's name.</param>
/// <param name="CorrelationId">The id of what it is about.</param>
/// <param name="Message">Its content.</param>
public sealed record Unpacked(string Type, Guid? CorrelationId, JsonNode Message)
{
    public static IEnumerable<Unpacked> Of(string body)
    {
        var json = JsonNode.Parse(body)!;
        return json["messages"] is JsonArray inside
            ? inside.Select(one => new Unpacked(Name((string)one!["type"]!), (Guid?)one["correlationId"], one["message"]!))
            : [new Unpacked(Name((string)json["messageType"]![0]!), (Guid?)json["correlationId"], json["message"]!)];
    }

    static string Name(string urn) => urn[(urn.LastIndexOf(':') + 1)..];
}
