using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrderSaga.Platform.Http;

/// <summary>Reads query parameters strictly: a misspelt filter must not list everything.</summary>
public static class Query
{
    public const int MostRows = 100;
    const int DefaultRows = 50;
    const int LongestCursor = 2000;

    internal const string Unknown = "unknown-parameter";
    internal const string UnknownTitle = "A query parameter is not known.";
    internal const string InvalidName = "invalid-parameter";
    internal const string InvalidTitle = "A query parameter is not valid.";

    /// <summary>For every endpoint, before it runs (<see cref="RequestRules"/>).</summary>
    internal static void Check(HttpContext http, string[] names)
    {
        if (http.Request.Query.Keys.FirstOrDefault(key => !names.Contains(key, StringComparer.Ordinal)) is { } unknown)
            throw new Problem(400, Unknown, UnknownTitle,
                names.Length == 0 ? $"This call takes none; leave '{unknown}' out." : $"'{unknown}' is not one of {string.Join(", ", names)}.");
        if (http.Request.Query.FirstOrDefault(pair => pair.Value.Count > 1).Key is { } twice)
            throw Invalid(twice, "Give it once.");
    }

    public static int Limit(string? limit) => limit switch
    {
        null => DefaultRows,
        _ when int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows is >= 1 and <= MostRows && limit[0] != '0' => rows,
        _ => throw Invalid("limit", $"Give a whole number from 1 to {MostRows}."),
    };

    /// <summary>An instant with its offset, as UTC.</summary>
    public static DateTime? Instant(string name, string? value)
    {
        if (value is null)
            return null;
        // An unescaped '+' of an offset arrives as a space.
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];
        return HasOffset(value)
            && DateTimeOffset.TryParseExact(value.Replace(' ', '+'), formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant.UtcDateTime
            : throw Invalid(name, "Give an instant with its offset, e.g. 2026-01-31T12:00:00Z.");
    }

    /// <summary>The ids in a list with commas, each as it was given out.</summary>
    public static List<Guid> Ids(string name, string? value, int atMost)
    {
        var words = (value ?? "").Split(',');
        var ids = words.Select(word => word.Length == 36 && Guid.TryParseExact(word, "D", out var id) ? id : (Guid?)null).OfType<Guid>().ToList();
        return ids.Count == words.Length && ids.Count <= atMost ? ids
            : throw Invalid(name, $"Give 1 to {atMost} ids with commas between them, each a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");
    }

    /// <summary>Opaque to callers, so that what it holds can change; good for the list that it was given by.</summary>
    /// <param name="list">Names the list.</param>
    /// <param name="text">The place in it.</param>
    public static string Cursor(string list, string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{list} {text}"));

    public static T? Cursor<T>(string list, string? cursor, Func<string, T?> read) where T : class
    {
        if (cursor is null)
            return null;
        var bytes = new byte[cursor.Length];
        return cursor.Length is > 0 and <= LongestCursor && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var text && text.StartsWith(list + " ", StringComparison.Ordinal)
            && read(text[(list.Length + 1)..]) is { } place
            ? place
            : throw new Problem(400, "invalid-cursor", "The cursor is not valid.",
                "Give nextCursor of the page before of this list, unchanged, or leave it out to start again.");
    }

    public static Problem Invalid(string name, string what) => new(400, InvalidName, InvalidTitle, $"{name}: {what}");

    static bool HasOffset(string value) => value.EndsWith('Z') || value.Length > 10 && value[10..].AsSpan().ContainsAny(" +-");
}
