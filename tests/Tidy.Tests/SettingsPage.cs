using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>One setting as its class declares it.</summary>
/// <param name="Name">As it is set, for example <c>Limits:BatchSize</c>.</param>
/// <param name="Type">What can be set.</param>
/// <param name="Default">What counts when nothing is set.</param>
/// <param name="Unit">From the last word of the name.</param>
/// <param name="Range">From the checks of the class.</param>
/// <param name="Meaning">The summary of the property.</param>
sealed record SettingRow(string Name, string Type, string Default, string Unit, string Range, string Meaning)
{
    public override string ToString() => $"| `{Name}` | {Type} | {Default} | {Unit} | {Range} | {Meaning} |";
}

/// <summary>The generated part of docs/configuration.md: one table for each section that is bound to a class.</summary>
static partial class SettingsPage
{
    const string Head = "| setting | type | default | unit | range | meaning |\n|---|---|---|---|---|---|\n";

    static readonly (string Suffix, string Unit)[] Units =
    [
        ("Milliseconds", "ms"), ("Seconds", "s"), ("Minutes", "min"), ("Hours", "h"), ("Days", "days"),
        ("Bytes", "bytes"), ("Megabytes", "MiB"), ("BasisPoints", "0.01 %"), ("PerSecond", "per s"),
    ];

    public static string Render(IReadOnlyList<Source> code) => string.Join('\n', Sections(code)
        .Select(section => $"## {section.Name}\n\n{section.Summary}\n\n{Head}{string.Concat(section.Rows.Select(row => $"{row}\n"))}"));

    public static IEnumerable<SettingRow> Rows(IReadOnlyList<Source> code) => Sections(code).SelectMany(section => section.Rows);

    /// <summary>The sections and classes of <c>GetSection("Limits").Get&lt;Limits&gt;()</c> and the like.</summary>
    public static IEnumerable<(string Name, string Type)> Bound(IReadOnlyList<Source> code) =>
        from source in code
        from generic in source.Root.DescendantNodes().OfType<GenericNameSyntax>()
        where generic.Identifier.Text is "Get" or "GetStrict" or "AddOptions" or "AddSettings"
        let chain = generic.Ancestors().TakeWhile(node => node is not StatementSyntax and not MemberDeclarationSyntax).Last()
        from call in chain.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>()
        where MethodOf(call) is "GetSection" or "BindConfiguration" or "AddSettings"
        from name in call.ArgumentList.Arguments.Take(1).Select(argument => argument.Expression).OfType<LiteralExpressionSyntax>()
        let type = generic.TypeArgumentList.Arguments[0].ToString()
        where code.Any(one => Declared(one, type) is not null)
        select (name.Token.ValueText, type);

    static IEnumerable<(string Name, string Summary, List<SettingRow> Rows)> Sections(IReadOnlyList<Source> code) =>
        from section in Bound(code).Distinct().OrderBy(section => section.Name, StringComparer.Ordinal)
        let type = code.Select(source => Declared(source, section.Type)).First(found => found is not null)!
        select (section.Name, Checked().Replace(Summary(type), "").Trim(), Properties(code, section.Name, type).ToList());

    static IEnumerable<SettingRow> Properties(IReadOnlyList<Source> code, string prefix, TypeDeclarationSyntax type) =>
        from property in type.Members.OfType<PropertyDeclarationSyntax>()
        where property.Modifiers.Any(SyntaxKind.PublicKeyword) && property.AccessorList is not null
        from row in RowsOf(code, $"{prefix}:{property.Identifier.Text}", property, type)
        select row;

    static IEnumerable<SettingRow> RowsOf(
        IReadOnlyList<Source> code, string name, PropertyDeclarationSyntax property, TypeDeclarationSyntax owner)
    {
        var (type, key) = property.Type is GenericNameSyntax { Identifier.Text: "Dictionary" } map
            ? (map.TypeArgumentList.Arguments[1].ToString(), $":{KeyName(property.Identifier.Text)}")
            : (property.Type.ToString().TrimEnd('?'), "");
        var nested = code.Select(source => Declared(source, type)).FirstOrDefault(found => found is not null);
        return nested is not null
            ? Properties(code, name + key, nested)
            : [new SettingRow(
                name + key, TypeName(code, type), Default(property), Unit(name), Ranges.Of(owner, property.Identifier.Text), Summary(property))];
    }

    /// <summary>MaxRepairAmounts and Fees go by currency.</summary>
    static string KeyName(string property) => property switch
    {
        "Classes" => "CLASS",
        "Merchants" => "MERCHANT",
        "MaxOrdersInProgressByLane" => "LANE",
        _ => "CURRENCY",
    };

    static string TypeName(IReadOnlyList<Source> code, string type) => type switch
    {
        "int" or "long" => "integer",
        "double" or "decimal" => "number",
        "bool" => "true, false",
        "string" => "text",
        "int[]" => "list of integers",
        "string[]" or "IList<string>" => "list of texts",
        "TimeSpan" => "duration",
        _ => EnumOf(code, type) is { } names ? string.Join(", ", names.Members.Select(name => $"`{name.Identifier.Text}`")) : type,
    };

    static EnumDeclarationSyntax? EnumOf(IReadOnlyList<Source> code, string type) => code
        .SelectMany(source => source.Root.DescendantNodes().OfType<EnumDeclarationSyntax>()).FirstOrDefault(one => one.Identifier.Text == type);

    static string Default(PropertyDeclarationSyntax property) => property.Initializer?.Value switch
    {
        null => property.Type is NullableTypeSyntax or GenericNameSyntax ? "none" : property.Type.ToString() == "bool" ? "false" : "0",
        LiteralExpressionSyntax { Token.Value: string text } => $"`{text}`",
        MemberAccessExpressionSyntax name => $"`{name.Name.Identifier.Text}`",
        BinaryExpressionSyntax product => Product(product).ToString(CultureInfo.InvariantCulture),
        CollectionExpressionSyntax or ImplicitObjectCreationExpressionSyntax => "none",
        var other => other.ToString().Replace("_", "", StringComparison.Ordinal),
    };

    /// <summary>64 * 1024</summary>
    static long Product(ExpressionSyntax expression) => expression switch
    {
        BinaryExpressionSyntax { OperatorToken.RawKind: (int)SyntaxKind.AsteriskToken } product =>
            Product(product.Left) * Product(product.Right),
        LiteralExpressionSyntax { Token.Value: int number } => number,
        _ => throw new InvalidOperationException($"A default is written in a way that is not known here: {expression}"),
    };

    static string Unit(string name) =>
        Units.FirstOrDefault(unitOfWork => name.EndsWith(unitOfWork.Suffix, StringComparison.Ordinal)).Unit ?? "";

    static TypeDeclarationSyntax? Declared(Source source, string type) =>
        source.Root.DescendantNodes().OfType<TypeDeclarationSyntax>().FirstOrDefault(declared => declared.Identifier.Text == type);

    static string? MethodOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax access => access.Name.Identifier.Text,
        SimpleNameSyntax name => name.Identifier.Text,
        _ => null,
    };

    /// <summary>The words of the summary on one line; what it refers to in code letters.</summary>
    static string Summary(SyntaxNode member)
    {
        var text = Marks().Replace(member.GetLeadingTrivia().ToFullString(), " ");
        var summary = Inner().Match(text).Groups["text"].Value;
        summary = Reference().Replace(summary, match => $"`{match.Groups["name"].Value}`");
        return Blanks().Replace(summary, " ").Trim().Replace("&lt;", "<", StringComparison.Ordinal)
            .Replace("&gt;", ">", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
    }

    /// <summary>The page says it once for all.</summary>
    [GeneratedRegex("(Bound from the s|S)ection `[^`]+`; checked at start\\.", RegexOptions.ExplicitCapture)]
    private static partial Regex Checked();

    [GeneratedRegex(@"^\s*///", RegexOptions.Multiline)]
    private static partial Regex Marks();

    [GeneratedRegex("<summary>(?<text>.*?)</summary>", RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Inner();

    [GeneratedRegex("""<see cref="(?<name>[^"]*)"\s*/>|<c>(?<name>[^<]*)</c>""", RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
