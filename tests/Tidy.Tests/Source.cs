using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Repository;

namespace Tidy.Tests;

/// <summary>A hand-written C# file: everything except generated migrations.</summary>
sealed record Source(string File, string Text)
{
    public static IReadOnlyList<Source> All { get; } =
        [.. Repo.Files(".cs").Where(file => !IsGenerated(file)).Select(file => new Source(file, Repo.Read(file)))];

    public IReadOnlyList<string> Lines { get; } = Text.TrimEnd('\n').Split('\n');

    public SyntaxNode Root { get; } = CSharpSyntaxTree.ParseText(Text).GetRoot(TestContext.Current.CancellationToken);

    /// <summary>The top-level folder: a project, or a folder that holds several.</summary>
    public string Folder => File.Split('/')[0];

    public bool IsProduct => Folder is not ("tests" or "tools" or "bench" or "samples");

    public string At(SyntaxNodeOrToken place) => $"{File}:{place.GetLocation()!.GetLineSpan().StartLinePosition.Line + 1}";

    static bool IsGenerated(string file) => file.StartsWith("Migrations/", StringComparison.Ordinal) && file.Count(c => c == '/') > 1;
}
