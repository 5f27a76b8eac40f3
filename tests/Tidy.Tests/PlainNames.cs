using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>Names use the terms of the field (docs/glossary.md). Words of a private language do not come back.</summary>
static partial class PlainNames
{
    /// <summary>No name that this code declares has one of these words.</summary>
    static readonly HashSet<string> Words =
    [
        "told", "heard", "hear", "silence", "testimony", "inquiry", "patience", "patiently", "impatient", "hurry", "longest", "away", "holes",
        "careless", "mended", "solve", "solved", "story", "stories", "breach", "breaches", "misbehaviour", "beside", "gather", "odd", "asked",
        "anew", "spoil", "spoiled", "spoiler", "spoilers", "surely", "vanish", "look", "looks", "nameless", "undertaker", "nights",
    ];

    /// <summary>No type has one of these names.</summary>
    static readonly HashSet<string> Types =
    [
        "Work", "Halves", "Unpack", "Packed", "Which", "Settled", "Owner", "Waiting", "Ticks", "ClockFirst", "Statements", "Reader", "Backlog",
        "PromptReceivers", "FollowUp", "CaseBook", "StuckMessages", "StuckPage", "Replay", "GatewayTruth", "Everything",
    ];

    /// <summary>No method has one of these names.</summary>
    static readonly HashSet<string> Methods =
    [
        "Once", "Seal", "Alone", "Together", "Carry", "Take", "Learn", "Note", "Keep", "Go", "Forget", "Own", "Every", "MayFail", "Knows", "IsAbout",
        "ReadsHeader",
    ];

    public static IEnumerable<string> Found(Source source) =>
        from token in source.Root.DescendantTokens()
        where token.IsKind(SyntaxKind.IdentifierToken) && IsDeclared(token)
        where IsForbidden(token) || token.ValueText.StartsWith("Most", StringComparison.Ordinal)
            || Word().Matches(token.ValueText).Any(match => Words.Contains(match.Value.ToLowerInvariant()))
        select $"{source.At(token)}: {token.ValueText} is not a term of the field";

    static bool IsForbidden(SyntaxToken token) => token.Parent switch
    {
        BaseTypeDeclarationSyntax => Types.Contains(token.ValueText),
        MethodDeclarationSyntax or LocalFunctionStatementSyntax => Methods.Contains(token.ValueText),
        _ => token.ValueText is "UnderWay" or "underWay" or "which" or "most" or "atMost",
    };

    /// <summary>The methods of tests are sentences, which other rules are about.</summary>
    static bool IsDeclared(SyntaxToken token) => token.Parent switch
    {
        MethodDeclarationSyntax => !token.ValueText.Contains('_', StringComparison.Ordinal),
        BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or PropertyDeclarationSyntax or EnumMemberDeclarationSyntax or ParameterSyntax
            or VariableDeclaratorSyntax or SingleVariableDesignationSyntax or ForEachStatementSyntax or LocalFunctionStatementSyntax
            or FromClauseSyntax or LetClauseSyntax or TupleElementSyntax => true,
        _ => false,
    };

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])", RegexOptions.None, 1000)]
    private static partial Regex Word();
}
