using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>The settings that the code reads, found in its sources.</summary>
static class Settings
{
    public static readonly IReadOnlyList<Source> Code = [.. Source.All.Where(source => source.IsProduct)];

    static readonly IReadOnlyList<HashSet<string>> TextsByFile = [.. Code.Select(source => Texts(source.Root))];

    static readonly IReadOnlyList<InvocationExpressionSyntax> Calls =
        [.. Code.SelectMany(source => source.Root.DescendantNodes().OfType<InvocationExpressionSyntax>())];

    /// <summary>The names in AddDatabase("name") and AddReadOnlyContext("name").</summary>
    public static readonly HashSet<string> Databases =
        [.. Calls.Where(call => Method(call) is "AddDatabase" or "AddReader").SelectMany(call => Texts(call.ArgumentList))];

    /// <summary>GetSection("Limits").Get&lt;Limits&gt;() reads each property of Limits.</summary>
    static readonly HashSet<string> Bound =
    [
        .. from call in Calls
           where call.Expression is MemberAccessExpressionSyntax { Name: GenericNameSyntax { Identifier.Text: "Get" or "GetStrict" } }
           let type = ((GenericNameSyntax)((MemberAccessExpressionSyntax)call.Expression).Name).TypeArgumentList.Arguments[0]
           from section in call.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(inner => Method(inner) == "GetSection")
           from name in Texts(section.ArgumentList)
           from property in Properties(type.ToString())
           select $"{name}:{property}",
    ];

    /// <summary>Whether any code reads a setting, given in its environment form such as <c>Database__Mode</c>.</summary>
    public static bool IsRead(string variable) => variable.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || (variable.Split("__") switch
    {
        ["ConnectionStrings", var database] => Databases.Contains(database),
        // A second gateway has the settings of the first, by its name.
        ["Gateways", _, var setting] => IsRead($"Gateway__{setting}"),
        var path => string.Join(':', path) is var key && (Bound.Contains(key) || TextsByFile.Any(texts => texts.Contains(key)) || IsInList(path)),
    });

    /// <summary>ApiKeys:Keys:NAME:Roles:0 counts as read where both GetSection("ApiKeys:Keys") and the part "Roles" occur.</summary>
    static bool IsInList(string[] path) => path.Length > 3 && path.Last(part => !part.All(char.IsDigit)) is var last
        && TextsByFile.Any(texts => texts.Contains(string.Join(':', path[..2])) && texts.Contains(last));

    static IEnumerable<string> Properties(string type) =>
        from declared in Code.SelectMany(source => source.Root.DescendantNodes().OfType<TypeDeclarationSyntax>())
        where declared.Identifier.Text == type
        from property in declared.Members.OfType<PropertyDeclarationSyntax>()
        select property.Identifier.Text;

    static string? Method(InvocationExpressionSyntax call) => (call.Expression as MemberAccessExpressionSyntax)?.Name.Identifier.Text;

    static HashSet<string> Texts(SyntaxNode node) =>
        [.. node.DescendantNodesAndSelf().OfType<LiteralExpressionSyntax>().Select(literal => literal.Token.Value).OfType<string>()];
}
