using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>The folders of Platform are layers. Namespaces follow folders, so the usings of a file and its qualified names say what it uses.</summary>
static class PlatformLayers
{
    /// <summary>Each folder and those that it uses, which stand above it: so there is no cycle. docs/architecture.md shows this list.</summary>
    public static readonly (string Folder, string Uses)[] All =
    [
        ("Common", ""),
        ("Database", "Common"),
        ("Rates", ""),
        ("Http", "Common, Database, Rates"),
        ("History", "Database"),
        ("Retention", "Common, Database"),
        ("Sealing", "Common, Database"),
        ("Envelopes", "Common"),
        ("Inbox", "Database"),
        ("Outbox", "Common, Database, Envelopes, Inbox"),
        ("Rabbit", "Common, Outbox"),
        ("Processing", "Common, Database, Http, Inbox, Outbox"),
        ("Switches", "Common, Database, Http, Processing"),
        ("DeadLetters", "Common, Database, Rates, Http, Envelopes, Inbox, Outbox, Rabbit, Processing"),
        ("Participants", "Common, Database, Http, History, Processing"),
        ("Telemetry", "Common, Database, Http"),
        ("Hosting", "Common, Database, Http, Retention, Sealing, Envelopes, Outbox, Rabbit, Processing, DeadLetters, Telemetry"),
    ];

    public static IReadOnlyList<Source> Sources { get; } = [.. Source.All.Where(source => source.Folder == "Platform")];

    static readonly HashSet<(string Folder, string Type)> Types =
    [
        .. from source in Sources
           from type in source.Root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
           select (FolderOf(source), type.Identifier.Text),
    ];

    /// <summary>Empty for a file beside the folders.</summary>
    public static string FolderOf(Source source) => source.File.Split('/') is [_, var folder, _] ? folder : "";

    public static IEnumerable<string> Split(string uses) => uses.Split(", ", StringSplitOptions.RemoveEmptyEntries);

    public static IEnumerable<string> Violations(Source source)
    {
        var folder = FolderOf(source);
        var spaces = source.Root.DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(space => space.Name.ToString());
        if (!spaces.SequenceEqual([$"OrderSaga.Platform.{folder}"]))
            yield return $"{source.File}: its namespace must be that of its folder";
        if (source.Root.DescendantNodes().OfType<UsingDirectiveSyntax>().Any(directive => !directive.GlobalKeyword.IsKind(SyntaxKind.None)))
            yield return $"{source.File}: a global using hides what files use";
        foreach (var used in Used(source).Except(All.Where(layer => layer.Folder == folder).SelectMany(layer => Split(layer.Uses))))
            yield return $"{source.File} uses {used}: break the cycle, or add the arrow to PlatformLayers if {used} is a lower layer";
    }

    /// <summary>Arrows that do not point to a folder further up in the list.</summary>
    public static IEnumerable<string> Upward((string Folder, string Uses)[] layers) =>
        from layer in layers
        from used in Split(layer.Uses)
        where !layers.TakeWhile(lower => lower.Folder != layer.Folder).Any(lower => lower.Folder == used)
        select $"{layer.Folder} uses {used}, which is no lower layer";

    /// <summary>The other folders that a file uses.</summary>
    public static IEnumerable<string> Used(Source source) => source.Root.DescendantNodes().Select(node => node switch
    {
        UsingDirectiveSyntax given => given.NamespaceOrType.ToString().Split('.') is ["OrderSaga", "Platform", var folder, ..] ? folder : null,
        QualifiedNameSyntax name => FolderIn(name.Left, name.Right),
        MemberAccessExpressionSyntax access => FolderIn(access.Expression, access.Name),
        _ => null,
    }).OfType<string>().Where(folder => folder != FolderOf(source)).Distinct();

    static string? FolderIn(SyntaxNode left, SimpleNameSyntax right) =>
        left.ToString().Split('.')[^1] is var folder && Types.Contains((folder, right.Identifier.Text)) ? folder : null;
}
