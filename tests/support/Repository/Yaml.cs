using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Repository;

/// <summary>Reads one YAML document as JSON, with its aliases and merges (<c>&lt;&lt;</c>) resolved.</summary>
public static class Yaml
{
    /// <exception cref="YamlException">The text is not YAML, or a key stands twice.</exception>
    public static JsonObject Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return Mapping((YamlMappingNode)stream.Documents.Single().RootNode);
    }

    static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode mapping => Mapping(mapping),
        YamlSequenceNode items => new JsonArray([.. items.Select(Node)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var plain } => Plain(plain),
        _ => JsonValue.Create(((YamlScalarNode)node).Value),
    };

    /// <summary>A mapping's own keys win over those that it merges, and an earlier merge over a later one.</summary>
    static JsonObject Mapping(YamlMappingNode mapping)
    {
        var entries = mapping.ToLookup(entry => entry.Key.ToString() == "<<");
        var result = new JsonObject(entries[false].Select(entry => KeyValuePair.Create(entry.Key.ToString(), Node(entry.Value))));
        foreach (var (_, merged) in entries[true])
            foreach (var (key, value) in (merged as YamlSequenceNode ?? new(merged)).Cast<YamlMappingNode>().SelectMany(Mapping))
                result.TryAdd(key, value?.DeepClone());
        return result;
    }

    static JsonNode? Plain(string? text) => text switch
    {
        null or "" or "null" or "~" => null,
        "true" => true,
        "false" => false,
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => text,
    };
}
