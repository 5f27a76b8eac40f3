using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tidy.Tests;

/// <summary>Words of an earlier private language in comments and texts, and what to write instead. Identifiers are not checked.</summary>
static partial class OldWords
{
    static readonly IReadOnlyList<(string Old, string Plain)> Words =
    [
        ("assurance", "recovery"),
        ("told", "name the message, answer or notification"),
        ("nobody", "name the actor, or use 'no' with the noun"),
        ("who(?:m)?ever", "name the actor"),
        ("for ever", "permanently, never"),
        ("anew", "again"),
        ("mend(?:s|ed|ing)?", "repair"),
        ("ma[dk]es? good|making good", "repeat, recover"),
        ("lets? go|letting go", "release, void or refund"),
        ("spoil(?:s|ed|ing)?", "corrupt"),
        ("br(?:ing|ings|ought) to an end|comes? to (?:its|an|their) end", "finish"),
        ("dr(?:ive|ives|iven|ove) on", "resume"),
        ("under way", "in progress"),
        ("(?:is|are|was|were) away", "unavailable"),
        ("a person(?:'s)?", "an operator"),
        ("all the same", "leave out"),
        ("in vain", "without success"),
        ("sets? aside", "reserve, authorize"),
    ];

    static readonly Regex Any = Pattern(string.Join('|', Words.Select(word => word.Old)));

    public static IEnumerable<string> Found(Source source) =>
        from part in Prose(source.Root)
        from word in Any.Matches(part.Text)
        select Finding(source.File, source.Text, part.Start + word.Index, word.Value);

    public static IEnumerable<string> Found(string file, string text) =>
        from word in Any.Matches(text)
        select Finding(file, text, word.Index, word.Value);

    static IEnumerable<(int Start, string Text)> Prose(SyntaxNode root) =>
    [
        .. root.DescendantTrivia().Where(trivia => IsComment(trivia.Kind()))
            .Select(trivia => (trivia.FullSpan.Start, Attribute().Replace(trivia.ToFullString(), name => new string('_', name.Length)))),
        .. root.DescendantTokens().Where(token => IsText(token.Kind())).Select(token => (token.SpanStart, token.Text)),
    ];

    static bool IsComment(SyntaxKind kind) => kind is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
        or SyntaxKind.SingleLineDocumentationCommentTrivia;

    static bool IsText(SyntaxKind kind) => kind is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken
        or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken;

    static string Finding(string file, string text, int at, string found)
    {
        var plain = Words.First(word => Pattern(word.Old).IsMatch(found)).Plain;
        return $"{file}:{text.AsSpan(0, at).Count('\n') + 1}: '{found}' is not plain English; write instead: {plain}";
    }

    /// <summary>A phrase may continue on the next line of a comment.</summary>
    static Regex Pattern(string word) => new(
        $@"\b(?:{word.Replace(" ", @"[\s/]+", StringComparison.Ordinal)})\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    [GeneratedRegex("(cref|name|langword)=\"[^\"]*\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Attribute();
}
