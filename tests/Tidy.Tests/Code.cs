using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>Habits of the code that the compiler does not hold.</summary>
static partial class Code
{
    /// <summary>What sends, publishes or saves past the outbox and the unit of work.</summary>
    static readonly string[] PastTheUnitOfWork =
    [
        "SaveChanges", "SaveChangesAsync", "BeginTransaction", "BeginTransactionAsync",
        "IBus", "IBusControl", "ISendEndpoint", "ISendEndpointProvider", "IPublishEndpoint", "GetSendEndpoint", "IMessageScheduler",
    ];

    /// <summary>
    /// Consumers, the state machine and everything else of a service change rows and send messages through the batch that they run in: then one
    /// transaction holds all of it. (context.Publish and context.Send are the outbox.)
    /// </summary>
    public static IEnumerable<string> GoesPastTheUnitOfWork(Source source) =>
        from name in source.Root.DescendantNodes().OfType<SimpleNameSyntax>()
        where PastTheUnitOfWork.Contains(name.Identifier.Text)
        select $"{source.At(name)}: {name.Identifier.Text} goes past the unit of work; use the consumer's context, Work or UnitOfWork";

    /// <summary>An error goes somewhere: an empty catch needs at least the words why nothing is to be done.</summary>
    public static IEnumerable<string> SwallowsErrors(Source source) =>
        from block in source.Root.DescendantNodes().OfType<CatchClauseSyntax>()
        where block.Block.Statements.Count == 0 && !block.Block.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
        select $"{source.At(block)}: an empty catch says nothing about why";

    /// <summary>They take numbers, lists, signs and blanks as well.</summary>
    public static IEnumerable<string> ParsesEnums(Source source) =>
        from access in source.Root.DescendantNodes().OfType<MemberAccessExpressionSyntax>()
        where access.Expression.ToString() is "Enum" or "System.Enum"
        where access.Name.Identifier.Text is "Parse" or "TryParse"
        select $"{source.At(access)}: {access} takes more than names; use EnumNames";

    public static IEnumerable<string> IsUnfinished(Source source) =>
        source.Lines.Select((line, index) => (line, Number: index + 1)).Where(line => Unfinished().IsMatch(line.line))
            .Select(line => $"{source.File}:{line.Number}: unfinished: {line.line.Trim()}");

    // In two halves each, so that this file does not name itself.
    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImple" + "mentedException|Thread[.]Sle" + "ep|Skip *= *\"")]
    private static partial Regex Unfinished();
}
