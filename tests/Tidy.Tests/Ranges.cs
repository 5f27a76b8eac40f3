using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>The range of a setting in words, read from the conditions that its class checks at start.</summary>
static class Ranges
{
    public static string Of(TypeDeclarationSyntax type, string setting)
    {
        var texts = type.DescendantNodes().OfType<ExpressionSyntax>()
            .Where(condition => Concerns(condition, setting) && IsChecked(condition))
            .Select(condition => Words(condition, setting)).OfType<string>().Distinct().ToList();
        return texts.Count > 0 ? string.Join("; ", texts) : Sentence(type, setting) ?? "";
    }

    static bool Concerns(ExpressionSyntax condition, string setting) => condition switch
    {
        IsPatternExpressionSyntax pattern => IsName(pattern.Expression, setting),
        BinaryExpressionSyntax binary when Opposite.ContainsKey(binary.Kind()) =>
            binary.DescendantNodes().OfType<IdentifierNameSyntax>().Any(name => IsName(name, setting)),
        _ => false,
    };

    static bool IsName(ExpressionSyntax expression, string setting) =>
        expression is IdentifierNameSyntax { Parent: not MemberAccessExpressionSyntax } name && name.Identifier.Text == setting;

    /// <summary>In the first argument of Require, or in the condition of an if that throws.</summary>
    static bool IsChecked(ExpressionSyntax condition) =>
        InIf(condition) is { Statement: ThrowStatementSyntax } || Required(condition) is not null;

    static IfStatementSyntax? InIf(ExpressionSyntax condition) =>
        condition.Ancestors().OfType<IfStatementSyntax>().FirstOrDefault(one => one.Condition.Contains(condition));

    static ArgumentSyntax? Required(ExpressionSyntax condition) =>
        condition.Ancestors().OfType<ArgumentSyntax>().FirstOrDefault(one => one.Parent?.Parent is InvocationExpressionSyntax call
            && call.Expression.ToString() == "Require" && call.ArgumentList.Arguments[0] == one);

    /// <summary>Null for a condition of which another one may take the place: the sentence of the check tells that.</summary>
    static string? Words(ExpressionSyntax condition, string setting)
    {
        var refused = InIf(condition) is not null;
        return IsOneOfSeveral(condition, refused) ? null : condition switch
        {
            IsPatternExpressionSyntax pattern => Pattern(refused ? Negated(pattern.Pattern) : pattern.Pattern),
            BinaryExpressionSyntax binary when IsName(binary.Left, setting) => Bound(Operator(binary, refused), Plain(binary.Right)),
            BinaryExpressionSyntax binary => $"{Plain(binary.Left)} {Operator(binary, refused)} {Plain(binary.Right)}",
            _ => throw new InvalidOperationException($"A check is written in a way that is not known here: {condition}"),
        };
    }

    static bool IsOneOfSeveral(ExpressionSyntax condition, bool refused) => condition.Ancestors()
        .TakeWhile(node => node is ExpressionSyntax)
        .Any(node => node.IsKind(refused ? SyntaxKind.LogicalAndExpression : SyntaxKind.LogicalOrExpression));

    /// <summary>What stands behind "Section:Setting must be" in the words of the check.</summary>
    static string? Sentence(TypeDeclarationSyntax type, string setting) => type.DescendantNodes().OfType<LiteralExpressionSyntax>()
        .Select(literal => literal.Token.Value as string).OfType<string>()
        .Select(text => text.Split($":{setting} must be ")).Where(parts => parts.Length == 2)
        .Select(parts => parts[1].TrimEnd('.')).FirstOrDefault();

    static PatternSyntax Negated(PatternSyntax pattern) => pattern switch
    {
        UnaryPatternSyntax not => Inner(not.Pattern),
        ParenthesizedPatternSyntax inner => Negated(inner.Pattern),
        BinaryPatternSyntax either =>
            SyntaxFactory.BinaryPattern(SyntaxKind.AndPattern, Negated(either.Left), Negated(either.Right)),
        RelationalPatternSyntax one =>
            SyntaxFactory.RelationalPattern(SyntaxFactory.Token(Turned[one.OperatorToken.Kind()]), one.Expression),
        _ => throw new InvalidOperationException($"A check is written in a way that is not known here: {pattern}"),
    };

    static PatternSyntax Inner(PatternSyntax pattern) => pattern is ParenthesizedPatternSyntax inner ? Inner(inner.Pattern) : pattern;

    static string Pattern(PatternSyntax pattern) => pattern switch
    {
        ParenthesizedPatternSyntax inner => Pattern(inner.Pattern),
        BinaryPatternSyntax { RawKind: (int)SyntaxKind.OrPattern } either => $"{Pattern(either.Left)} or {Pattern(either.Right)}",
        BinaryPatternSyntax { Left: RelationalPatternSyntax low, Right: RelationalPatternSyntax high } => Between(low, high),
        RelationalPatternSyntax one => Bound(one.OperatorToken.Text, Plain(one.Expression)),
        ConstantPatternSyntax constant => Plain(constant.Expression),
        _ => throw new InvalidOperationException($"A check is written in a way that is not known here: {pattern}"),
    };

    static string Between(RelationalPatternSyntax low, RelationalPatternSyntax high) =>
        (low.OperatorToken.Text, high.OperatorToken.Text) is (">=", "<=")
            ? $"{Plain(low.Expression)} to {Plain(high.Expression)}"
            : $"{Bound(low.OperatorToken.Text, Plain(low.Expression))}, {Bound(high.OperatorToken.Text, Plain(high.Expression))}";

    static string Bound(string sign, string value) => sign switch
    {
        ">=" => $"at least {value}",
        "<=" => $"at most {value}",
        ">" => $"more than {value}",
        "<" => $"less than {value}",
        "==" => value,
        _ => $"not {value}",
    };

    static string Operator(BinaryExpressionSyntax binary, bool refused) =>
        refused ? Opposite[binary.Kind()] : binary.OperatorToken.Text;

    /// <summary>10_000 without the blanks between its digits.</summary>
    static string Plain(ExpressionSyntax code) => code.ToString().Replace("_", "", StringComparison.Ordinal);

    static readonly Dictionary<SyntaxKind, string> Opposite = new()
    {
        [SyntaxKind.GreaterThanOrEqualExpression] = "<", [SyntaxKind.LessThanOrEqualExpression] = ">",
        [SyntaxKind.GreaterThanExpression] = "<=", [SyntaxKind.LessThanExpression] = ">=", [SyntaxKind.EqualsExpression] = "!=",
    };

    static readonly Dictionary<SyntaxKind, SyntaxKind> Turned = new()
    {
        [SyntaxKind.LessThanToken] = SyntaxKind.GreaterThanEqualsToken,
        [SyntaxKind.GreaterThanToken] = SyntaxKind.LessThanEqualsToken,
        [SyntaxKind.LessThanEqualsToken] = SyntaxKind.GreaterThanToken,
        [SyntaxKind.GreaterThanEqualsToken] = SyntaxKind.LessThanToken,
    };
}
