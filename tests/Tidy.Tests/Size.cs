using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>Limits on the size of files, methods, lines and names. See CONTRIBUTING.md.</summary>
static class Size
{
    public const int FileLines = 250;
    public const int MethodLines = 40;
    public const int LineWidth = 160;
    public const int ProgramLines = 30;
    public const int TestName = 60;

    public static IEnumerable<string> LongFiles(Source source)
    {
        if (source.Lines.Count > FileLines)
            yield return $"{source.File}: {source.Lines.Count} lines; {FileLines} at most";
    }

    public static IEnumerable<string> LongPrograms(Source source)
    {
        if (Path.GetFileName(source.File) == "Program.cs" && source.Lines.Count > ProgramLines)
            yield return $"{source.File}: {source.Lines.Count} lines; a Program.cs has {ProgramLines} at most";
    }

    public static IEnumerable<string> WideLines(string file, IEnumerable<string> lines) =>
        lines.Select((line, index) => (line.Length, Number: index + 1)).Where(line => line.Length > LineWidth)
            .Select(line => $"{file}:{line.Number}: {line.Length} characters; {LineWidth} at most");

    /// <summary>Methods, constructors, accessors, local functions and property bodies, from the name to the closing brace.</summary>
    public static IEnumerable<string> LongMethods(Source source) =>
        from member in source.Root.DescendantNodes()
        where member is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or BasePropertyDeclarationSyntax
        let lines = Lines(member)
        where lines > MethodLines
        select $"{source.At(Start(member))}: {lines} lines; a method has {MethodLines} at most";

    public static IEnumerable<string> LongTestNames(Source source) =>
        from method in source.Root.DescendantNodes().OfType<MethodDeclarationSyntax>()
        where method.Identifier.Text.Length > TestName && IsTest(method)
        select $"{source.At(method.Identifier)}: {method.Identifier.Text} has {method.Identifier.Text.Length} characters; {TestName} at most";

    public static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(list => list.Attributes).Any(attribute => attribute.Name.ToString() is "Fact" or "Theory");

    static int Lines(SyntaxNode member)
    {
        var start = Start(member).GetLocation()!.GetLineSpan().StartLinePosition.Line;
        return member.GetLocation().GetLineSpan().EndLinePosition.Line - start + 1;
    }

    /// <summary>Attributes are not part of a method's length.</summary>
    static SyntaxNodeOrToken Start(SyntaxNode member) => member.ChildNodesAndTokens().First(child => !child.IsKind(SyntaxKind.AttributeList));
}
