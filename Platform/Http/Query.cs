using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrderSaga.Platform.Http;

/// <summary>Strict reader of query parameters: a misspelt filter must not list everything.</summary>
public static class Query
{
    public const int MaxRows = 100;
    const int DefaultRows = 50;
    const int MaxCursorLength = 2000;

    /// <summary>Runs before every endpoint (<see cref="RequestRules"/>).</summary>
    internal static void AllowOnly(HttpContext http, string[] names)
    {
        if (http.Request.Query.Keys.FirstOrDefault(key => !names.Contains(key, StringComparer.Ordinal)) is { } unknown)
            throw new Problem(ProblemTypes.UnknownParameter,
                names.Length == 0 ? $"This call has no query parameters; remove '{unknown}'." : $"'{unknown}' is not one of {string.Join(", ", names)}.");
        if (http.Request.Query.FirstOrDefault(pair => pair.Value.Count > 1).Key is { } twice)
            throw Invalid(twice, "Send it once.");
    }

    public static int Limit(string? limit) => limit switch
    {
        null => DefaultRows,
        _ when int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows is >= 1 and <= MaxRows && limit[0] != '0' => rows,
        _ => throw Invalid("limit", $"Use a whole number from 1 to {MaxRows}."),
    };

    /// <summary>Parses an instant with its offset; returns UTC.</summary>
    public static DateTime? Instant(string name, string? value)
    {
        if (value is null)
            return null;
        // An unescaped '+' of an offset arrives as a space.
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        return HasOffset(value)
            && DateTimeOffset.TryParseExact(value.Replace(' ', '+'), formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant.UtcDateTime
            : throw Invalid(name, "Use an instant with its offset, e.g. 2026-01-31T12:00:00Z.");
    }

    /// <summary>Parses a comma-separated list of ids, each in the canonical form.</summary>
    public static List<Guid> Ids(string name, string? value, int max)
    {
        var texts = (value ?? "").Split(',');
        var ids = texts.Select(word => word.Length == 36 && Guid.TryParseExact(word, "D", out var id) ? id : (Guid?)null).OfType<Guid>().ToList();
        return ids.Count == texts.Length && ids.Count <= max ? ids
            : throw Invalid(name, $"Use 1 to {max} ids separated by commas, each a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");
    }

    /// <summary>Encodes a cursor: opaque to callers, so that its content can change, and valid only for its own list.</summary>
    /// <param name="list">Name of the list.</param>
    /// <param name="text">Position in the list.</param>
    public static string Cursor(string list, string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list} {text}"));

    public static T? Cursor<T>(string list, string? cursor, Func<string, T?> read) where T : class
    {
        if (cursor is null)
            return null;
        var bytes = new byte[cursor.Length];
        return cursor.Length is > 0 and <= MaxCursorLength && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var text && text.StartsWith(list + " ", StringComparison.Ordinal)
            && read(text[(list.Length + 1)..]) is { } place
            ? place
            : throw new Problem(ProblemTypes.InvalidCursor,
                "Use the unchanged nextCursor of this list's previous page, or omit it to start from the first page.");
    }

    public static Problem Invalid(string name, string what) => new(ProblemTypes.InvalidParameter, $"{name}: {what}");

    static bool HasOffset(string value) => value.EndsWith('Z') || value.Length > 10 && value[10..].AsSpan().ContainsAny(" +-");
}
