using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Repository;

/// <summary>
/// Reads the part of YAML that this repository uses, as JSON: block mappings and sequences, plain and quoted scalars, literal (|) and
/// folded (&gt;-) text, anchors with aliases and merges (&lt;&lt;), flow style on one line where it is also JSON. It refuses everything
/// else with the line number, so nothing is misread silently.
/// </summary>
public sealed partial class Yaml
{
    readonly List<Line> lines;
    readonly Dictionary<string, JsonNode?> anchors = [];
    int at;

    Yaml(string text) => lines = [.. text.Split('\n').Select((line, index) => new Line(line.TrimEnd('\r'), index + 1))];

    public static JsonObject Parse(string text)
    {
        var yaml = new Yaml(text);
        return yaml.Next() is { } first ? yaml.Mapping(first.Indent) : [];
    }

    Line? Next()
    {
        while (at < lines.Count && lines[at].IsBlank)
            at++;
        return at < lines.Count ? lines[at] : null;
    }

    JsonObject Mapping(int indent)
    {
        var result = new JsonObject();
        var inherited = new List<JsonObject>();
        while (Next() is { } line && line.Indent == indent && !line.IsItem)
        {
            var match = Key().Match(line.Content);
            if (!match.Success)
                throw line.Refuse("expected 'key: value'");

            at++;
            var key = Unquote(match.Groups["key"].Value, line);
            var value = Value(match.Groups["value"].Value, indent, line);
            if (key == "<<")
                inherited.AddRange(Mappings(value, line));
            else if (!result.TryAdd(key, value))
                throw line.Refuse($"'{key}' stands twice");
        }

        if (Next() is { } after && after.Indent > indent)
            throw after.Refuse("indented deeper than what it belongs to");
        foreach (var (key, value) in inherited.SelectMany(mapping => mapping))
            result.TryAdd(key, value?.DeepClone());
        return result;
    }

    JsonArray Sequence(int indent)
    {
        var result = new JsonArray();
        while (Next() is { IsItem: true } line && line.Indent == indent)
        {
            var item = line.Content[1..];
            var content = item.TrimStart();
            if (!Key().IsMatch(content) || content.StartsWith('"'))
            {
                at++;
                result.Add(Value(content, indent, line));
                continue;
            }

            // "- key: value" is a mapping that starts at the key.
            var inner = indent + line.Content.Length - content.Length;
            lines[at] = new Line(new string(' ', inner) + content, line.Number);
            result.Add(Mapping(inner));
        }

        return result;
    }

    JsonNode? Value(string text, int indent, Line line)
    {
        var anchor = Anchor().Match(text);
        if (anchor.Success)
        {
            var value = Value(text[anchor.Length..], indent, line);
            anchors[anchor.Groups["name"].Value] = value;
            return value;
        }

        text = StripComment(text).Trim();
        if (text.StartsWith('*'))
            return Alias(text[1..], line);
        if (text.StartsWith("[*", StringComparison.Ordinal))
            return new JsonArray([.. text.Trim('[', ']').Split(',').Select(alias => Alias(alias.Trim().TrimStart('*'), line))]);
        if (text is "|" or "|-" or ">" or ">-")
            return Text(text, indent);
        return text.Length > 0 ? Scalar(text, line) : Block(indent);
    }

    JsonNode? Block(int indent) => Next() switch
    {
        { IsItem: true } item when item.Indent >= indent => Sequence(item.Indent),
        { } inner when inner.Indent > indent => Mapping(inner.Indent),
        _ => null,
    };

    JsonNode? Alias(string name, Line line) =>
        anchors.TryGetValue(name, out var value) ? value?.DeepClone() : throw line.Refuse($"no anchor &{name} before it");

    JsonNode Text(string style, int indent)
    {
        var start = Next()?.Indent ?? 0;
        var text = new List<string>();
        for (; at < lines.Count && (lines[at].Raw.Trim().Length == 0 || lines[at].Indent > indent); at++)
            text.Add(lines[at].Raw.Length > start ? lines[at].Raw[start..] : "");

        while (text.Count > 0 && text[^1].Length == 0)
            text.RemoveAt(text.Count - 1);
        var joined = style[0] == '|' ? string.Join('\n', text) : string.Join(' ', text).Replace("  ", "\n", StringComparison.Ordinal);
        return style.EndsWith('-') ? joined : joined + "\n";
    }

    static IEnumerable<JsonObject> Mappings(JsonNode? value, Line line) => (value as JsonArray ?? [value]).Select(mapping =>
        mapping as JsonObject ?? throw line.Refuse("<< takes the *alias of a mapping, or a list of such"));

    static JsonNode? Scalar(string text, Line line)
    {
        if (text[0] is '{' or '[')
            return Flow(text, line);
        if (text[0] is '"' or '\'')
            return Unquote(text, line);
        if (text[0] is '!' or '%' or '@' or '`' or '|' or '>' or '&' || text.Contains(": ", StringComparison.Ordinal))
            throw line.Refuse($"'{text}' needs quotes, or is YAML that is not used here");
        return text switch
        {
            "null" or "~" => null,
            "true" => true,
            "false" => false,
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => text,
        };
    }

    static JsonNode? Flow(string text, Line line)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw line.Refuse($"flow style must be JSON on one line ({e.Message})");
        }
    }

    static string Unquote(string text, Line line) => text switch
    {
        ['\'', .. var inner, '\''] => inner.Replace("''", "'", StringComparison.Ordinal),
        ['"', .., '"'] => Flow(text, line)!.GetValue<string>(),
        ['\'' or '"', ..] => throw line.Refuse("the quote does not end on this line"),
        _ => text,
    };

    static string StripComment(string text)
    {
        if (text.Length > 0 && text[0] is '"' or '\'')
            return text;
        var comment = text.StartsWith('#') ? 0 : text.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? text : text[..comment];
    }

    [GeneratedRegex("""^(?<key>"[^"]*"|'[^']*'|[^\s"'#\[\]{},&*!|>%@`-][^"'#]*?|<<)\s*:(\s+(?<value>.*))?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Key();

    [GeneratedRegex(@"^&(?<name>[\w-]+)\s*", RegexOptions.ExplicitCapture)]
    private static partial Regex Anchor();

    sealed record Line(string Raw, int Number)
    {
        public int Indent { get; } = Raw.Length - Raw.TrimStart(' ').Length;
        public string Content { get; } = Raw.Trim();
        public bool IsBlank => Content.Length == 0 || Content[0] == '#' || Content == "---";
        public bool IsItem => Content == "-" || Content.StartsWith("- ", StringComparison.Ordinal);

        public FormatException Refuse(string why) => new($"Line {Number}: {why}: {Raw}");
    }
}
