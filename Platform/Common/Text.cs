using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace OrderSaga.Platform.Common;

/// <summary>
/// Makes external text safe to store, log and display. Databases refuse U+0000, lone surrogates and text longer than its column; logs and
/// pages must not contain control characters.
/// </summary>
public static class Text
{
    /// <summary>
    /// Returns one line: runs of control characters become a space, lone surrogates U+FFFD, and the text is cut between whole characters.
    /// </summary>
    /// <param name="text">External text.</param>
    /// <param name="maxLength">Maximum length in UTF-16 units, as <see cref="string.Length"/> and SQL Server count; PostgreSQL counts
    /// fewer.</param>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Clean(string? text, int maxLength) => text is null ? null : Cut(Filter(text, keepLines: false).Trim(), maxLength).TrimEnd();

    /// <summary>As <see cref="Clean"/>, but keeps line ends and tabs, for example of a stack trace.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? CleanLines(string? text, int maxLength) => text is null ? null : Cut(Filter(text, keepLines: true), maxLength);

    /// <summary>
    /// The longest prefix that fits and ends with a whole visible character: no half of a surrogate pair, no partial emoji.
    /// </summary>
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

    /// <summary>A single character with more combining marks than fit is cut between its parts.</summary>
    static string CutLongCharacter(string text, int maxLength) => text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];

    /// <summary>Replaces U+0000 and lone surrogates, which no database stores, by U+FFFD.</summary>
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

    /// <summary>ASCII and Latin-1 controls, and the line and paragraph separators, at which some readers break lines.</summary>
    static bool IsControl(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
