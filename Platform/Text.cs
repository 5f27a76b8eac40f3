using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace OrderSaga.Platform;

/// <summary>
/// Makes text from outside fit to be stored, logged and shown. Databases refuse U+0000, lone surrogates and what is longer than its column; logs and
/// pages must not be given control characters.
/// </summary>
public static class Text
{
    /// <summary>One line: each run of control characters is one space, a lone surrogate is U+FFFD, and it is cut between whole characters.</summary>
    /// <param name="text">Text from outside.</param>
    /// <param name="maxLength">UTF-16 units, as <see cref="string.Length"/> counts and SQL Server does; PostgreSQL counts fewer.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text, int maxLength) => text is null ? null : Cut(Filter(text, keepLines: false).Trim(), maxLength).TrimEnd();

    /// <summary>As <see cref="Clean"/>, with its line ends and tabs kept, e.g. a stack trace.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? CleanLines(string? text, int maxLength) => text is null ? null : Cut(Filter(text, keepLines: true), maxLength);

    /// <summary>The longest beginning that fits and ends with a whole character as a reader sees it: no half of a pair, no emoji without its parts.</summary>
    public static string Cut(string text, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        if (text.Length <= maxLength)
            return text;
        var end = 0;
        while (end + StringInfo.GetNextTextElementLength(text.AsSpan(end)) is var next && next <= maxLength)
            end = next;
        return end > 0 || maxLength == 0 ? text[..end] : CutLongCharacter(text, maxLength);
    }

    /// <summary>One character with more marks than the bound holds is cut between its parts.</summary>
    static string CutLongCharacter(string text, int maxLength) => text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];

    /// <summary>Replaces what no database stores: U+0000 and lone surrogates become U+FFFD.</summary>
    public static string Storable(string text) => !text.Contains('\0', StringComparison.Ordinal) && !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')
        ? text
        : string.Concat(text.EnumerateRunes().Select(rune => (rune.Value == 0 ? Rune.ReplacementChar : rune).ToString()));

    static string Filter(string text, bool keepLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsControl(rune) || (keepLines && rune.Value is '\n' or '\r' or '\t'))
                clean.Append(rune);
            else if (clean.Length > 0 && clean[^1] != ' ')
                clean.Append(' ');
        }
        return clean.ToString();
    }

    /// <summary>The controls of ASCII and Latin-1, and the line and paragraph separators, which some readers break lines at.</summary>
    static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
