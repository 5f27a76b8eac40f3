using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>Coding rules that the compiler does not enforce.</summary>
static partial class Code
{
    /// <summary>Code that sends, publishes or saves outside the outbox and the unit of work.</summary>
    static readonly string[] PastTheUnitOfWork =
    [
        "SaveChanges", "SaveChangesAsync", "BeginTransaction", "BeginTransactionAsync",
        "IBus", "IBusControl", "ISendEndpoint", "ISendEndpointProvider", "IPublishEndpoint", "GetSendEndpoint", "IMessageScheduler",
    ];

    /// <summary>
    /// Consumers, the state machine and all other code of a service change rows and send messages through the batch that they run in. One
    /// transaction then holds all of it. (context.Publish and context.Send write to the outbox.)
    /// </summary>
    public static IEnumerable<string> GoesPastTheUnitOfWork(Source source) =>
        from name in source.Root.DescendantNodes().OfType<SimpleNameSyntax>()
        where PastTheUnitOfWork.Contains(name.Identifier.Text)
        select $"{source.At(name)}: {name.Identifier.Text} goes past the unit of work; use the consumer's context, Work or UnitOfWork";

    /// <summary>An empty catch must at least say why there is nothing to do.</summary>
    public static IEnumerable<string> SwallowsErrors(Source source) =>
        from block in source.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where block.Block.Statements.Count == 0 && !block.Block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
        select $"{source.At(block)}: an empty catch says nothing about why";

    /// <summary>These methods also accept numbers, lists, signs and blanks.</summary>
    public static IEnumerable<string> ParsesEnums(Source source) =>
        from access in source.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        where access.Expression.ToString() is "Enum" or "System.Enum"
        where access.Name.Identifier.Text is "Parse" or "TryParse"
        select $"{source.At(access)}: {access} takes more than names; use EnumNames";

    public static IEnumerable<string> IsUnfinished(Source source) =>
        source.Lines.Select((line, index) => (line, Number: index + 1)).Where(line => Unfinished().IsMatch(line.line))
            .Select(line => $"{source.File}:{line.Number}: unfinished: {line.line.Trim()}");

    // Split in two, so that this file does not report itself.
    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImple" + "mentedException|Thread[.]Sle" + "ep|Skip *= *\"")]
    private static partial Regex Unfinished();
}
