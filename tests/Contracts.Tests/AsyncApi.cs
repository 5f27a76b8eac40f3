using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Repository;

namespace Contracts.Tests;

/// <summary>Compares docs/asyncapi.yaml with the records; one line per difference.</summary>
sealed class AsyncApi(JsonObject document)
{
    const string Envelope = "Envelope";
    static readonly JsonSerializerOptions WithoutNulls = new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static AsyncApi Load() => new(Yaml.Parse(Repo.Read("docs/asyncapi.yaml")));

    JsonObject Schemas => document["components"]!["schemas"]!.AsObject();
    JsonObject Messages => document["components"]!["messages"]!.AsObject();
    JsonObject Channels => document["channels"]!.AsObject();

    public IEnumerable<string> WrongSchemas()
    {
        var unknown = Schemas.Select(schema => schema.Key).Except(Shapes.Records.Select(record => record.Name)).Where(name => name != Envelope);
        return unknown.Select(name => $"schema {name}: there is no such record").Concat(Shapes.Records.SelectMany(WrongSchema));
    }

    IEnumerable<string> WrongSchema(Type record)
    {
        if (Schemas[record.Name] is not JsonObject schema)
            return [$"{record.Name} has no schema"];

        var properties = schema["properties"]!.AsObject();
        var fields = Shapes.Fields(record).ToDictionary(field => JsonNamingPolicy.CamelCase.ConvertName(field.Name!));
        var required = schema["required"]!.AsArray().Select(name => name!.GetValue<string>());
        var needed = fields.Where(field => !Shapes.IsOptional(field.Value)).Select(field => field.Key);
        return
        [
            .. properties.Select(property => property.Key).Except(fields.Keys).Select(name => $"{record.Name}.{name} is no field of the record"),
            .. fields.Keys.Except(properties.Select(property => property.Key)).Select(name => $"{record.Name}.{name} is missing"),
            .. required.Order().SequenceEqual(needed.Order()) ? Array.Empty<string>() : [$"{record.Name}: required must be {string.Join(", ", needed)}"],
            .. fields.Where(field => properties[field.Key] is { } property && TypeOf(property) != TypeOf(field.Value.ParameterType))
                .Select(field => $"{record.Name}.{field.Key} is {TypeOf(properties[field.Key]!)}, the record says {TypeOf(field.Value.ParameterType)}"),
        ];
    }

    static string TypeOf(JsonNode schema) => schema["$ref"] is { } reference
        ? reference.GetValue<string>().Split('/')[^1]
        : schema["type"]?.GetValue<string>() == "array" ? $"[{TypeOf(schema["items"]!)}]" : $"{schema["type"]} {schema["format"]}".Trim();

    static string TypeOf(Type type) => type switch
    {
        _ when type == typeof(string) => "string",
        _ when type == typeof(Guid) => "string uuid",
        _ when type == typeof(DateTime) => "string date-time",
        _ when type == typeof(int) => "integer int32",
        _ when type == typeof(long) => "integer int64",
        _ when type == typeof(bool) => "boolean",
        { IsGenericType: true } => $"[{TypeOf(type.GetGenericArguments()[0])}]",
        _ => type.Name,
    };

    /// <summary>Each message exists, refers to its own schema and is in one channel.</summary>
    public IEnumerable<string> WrongMessages()
    {
        var names = Shapes.Messages.Select(message => message.Name).ToHashSet();
        foreach (var name in names.Except(Messages.Select(message => message.Key)))
            yield return $"{name} is no message of the document";
        foreach (var (name, message) in Messages)
        {
            if (!names.Contains(name))
                yield return $"message {name}: there is no such record";
            if (message!["payload"]!.ToJsonString().Split('"').Count(text => text == $"#/components/schemas/{name}") != 1)
                yield return $"message {name}: its payload is not the schema {name}";
            if (Channels.Count(channel => channel.Value!["messages"]!.AsObject().ContainsKey(name)) != 1)
                yield return $"message {name} stands in no channel, or in several";
        }
    }

    /// <summary>Commands go to our queues, each event to the exchange that MassTransit publishes it to.</summary>
    public IEnumerable<string> WrongChannels()
    {
        var queues = Channels.Where(IsQueue).Select(channel => channel.Value!["address"]!.GetValue<string>()).Order();
        var constants = typeof(OrderSaga.Contracts.Queues).GetFields().Select(field => (string)field.GetRawConstantValue()!).Order();
        if (!queues.SequenceEqual(constants))
            yield return $"queues: the document has {string.Join(", ", queues)}; the code has {string.Join(", ", constants)}";
        foreach (var (key, channel) in Channels.Where(channel => !IsQueue(channel)))
        {
            var message = channel!["messages"]!.AsObject().Single().Key;
            if (channel["address"]!.GetValue<string>() != $"OrderSaga.Contracts:{message}" || !key.Equals(message, StringComparison.OrdinalIgnoreCase))
                yield return $"channel {key}: its exchange must be OrderSaga.Contracts:{message}";
        }
    }

    static bool IsQueue(KeyValuePair<string, JsonNode?> channel) => channel.Value!["bindings"]!["amqp"]!["is"]!.GetValue<string>() == "queue";

    /// <summary>Examples are parsed like callers' messages and lose nothing.</summary>
    public IEnumerable<string> WrongExamples() =>
        from record in Shapes.Messages
        let payload = Messages[record.Name]?["examples"]?[0]?["payload"]
        let example = payload?["message"] ?? payload
        let back = example is null ? null : ThereAndBack(example, record)
        where example is null || !JsonNode.DeepEquals(example, back)
        select $"{record.Name}: the example {example?.ToJsonString() ?? "is missing"} is read as {back?.ToJsonString()}";

    /// <summary>An optional field that an example omits stays absent.</summary>
    static JsonNode? ThereAndBack(JsonNode example, Type record) =>
        JsonSerializer.SerializeToNode(JsonSerializer.Deserialize(example, record, JsonSerializerOptions.Web), record, WithoutNulls);

    public IEnumerable<string> DeadReferences() => References(document).Distinct().Where(reference => Resolve(reference) is null);

    JsonNode? Resolve(string reference) => reference[2..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]);

    static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => entry is { Key: "$ref", Value: { } target } ? [target.GetValue<string>()] : References(entry.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
