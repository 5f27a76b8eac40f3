using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Tidy.Tests;

/// <summary>
/// The platform could serve another business: its names and texts contain no word of this one. Comments may give examples.
/// </summary>
static partial class PlatformWords
{
    static readonly HashSet<string> Business =
    [
        "order", "stock", "sku", "inventory", "payment", "pay", "money", "price", "currency", "card", "refund", "gateway", "product", "customer",
        "reservation", "shipment", "invoice", "checkout", "cart",
    ];

    /// <summary>The allowed exceptions by file or folder, each with its reason.</summary>
    static readonly Dictionary<string, (string Text, string Why)> Allowed = new()
    {
        ["Platform/Http/ApiKey.cs"] = ("order stock", "the names of the roles that keys carry"),
        ["Platform/Http/ApiKeyCommand.cs"] = ("order stock", "the usage line names the roles"),
        ["Platform/Http/ApiDocument.cs"] = ("order stock money", "the product's own description"),
        ["Platform/Http/ProblemTypes.cs"] = ("order stock sku product price currency card customer", "the one catalogue of problem types"),
        ["Platform/Http/RequestLog.cs"] = ("order", "the order id stands on every log line and span"),
        ["Platform/Common/Instruments.cs"] = ("order", "the order id stands on every log line and span"),
        ["Platform/Telemetry/LogFormatters.cs"] = ("order", "the order id stands on every log line and span"),
        ["Platform/Processing/Delivery.cs"] = ("order", "the order id stands on every log line and span"),
        ["Platform/Participants/"] = ("order", "a branch is a participant's row for one order"),
    };

    public static IEnumerable<string> Found(Source source) =>
        from token in source.Root.DescendantTokens()
        from word in Words(token)
        where Business.Contains(word)
        where !Allowed.Any(place => source.File.StartsWith(place.Key, StringComparison.Ordinal) && place.Value.Text.Split(' ').Contains(word))
        select $"{source.At(token)}: '{word}' in {token.Text.Trim()}";

    /// <summary>Exceptions that are no longer needed.</summary>
    public static IEnumerable<string> Stale(IEnumerable<Source> sources)
    {
        var used = sources.SelectMany(source => source.Root.DescendantTokens().SelectMany(Words).Select(word => (source.File, Word: word))).ToHashSet();
        return from place in Allowed
               from word in place.Value.Text.Split(' ')
               where !used.Any(one => one.Word == word && one.File.StartsWith(place.Key, StringComparison.Ordinal))
               select $"{place.Key} no longer contains '{word}': remove the exception";
    }

    /// <summary>The words of an identifier or text, singular and in lower case. Sorting ("OrderBy", "ORDER BY") does not count.</summary>
    static IEnumerable<string> Words(SyntaxToken token) => Word().Matches(Sorting().Replace(token.Text, "")).Select(match => Singular(match.Value));

    static string Singular(string word) => word.ToLowerInvariant() switch
    {
        [.. var stem, 's'] when Business.Contains(stem) => stem,
        var lower => lower,
    };

    [GeneratedRegex("[A-Z]?[a-z]+|[A-Z]+(?![a-z])")]
    private static partial Regex Word();

    [GeneratedRegex(@"OrderSaga|^Order(By)?(Descending)?$|ORDER\s+BY|order\s+by")]
    private static partial Regex Sorting();
}
