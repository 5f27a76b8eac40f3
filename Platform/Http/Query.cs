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

    public static void Knows(HttpContext http, params string[] names)
    {
        if (http.Request.Query.Keys.FirstOrDefault(key => !names.Contains(key, StringComparer.Ordinal)) is { } unknown)
            throw new Problem(400, "unknown-parameter", "A query parameter is not known.", $"'{unknown}' is not one of {string.Join(", ", names)}.");
        if (http.Request.Query.FirstOrDefault(pair => pair.Value.Count > 1).Key is { } twice)
            throw Invalid(twice, "Give it once.");
    }

    public static int Limit(string? limit) => limit switch
    {
        null => DefaultRows,
        _ when int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && rows is >= 1 and <= MostRows => rows,
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

    /// <summary>Opaque to callers, so that what it holds can change.</summary>
    public static string Cursor(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public static T? Cursor<T>(string? cursor, Func<string, T?> read) where T : class
    {
        if (cursor is null)
            return null;
        var bytes = new byte[cursor.Length];
        return cursor.Length is > 0 and <= 200 && Base64Url.IsValid(cursor) && Base64Url.TryDecodeFromChars(cursor, bytes, out var length)
            && read(Encoding.UTF8.GetString(bytes, 0, length)) is { } place
            ? place
            : throw new Problem(400, "invalid-cursor", "The cursor is not valid.",
                "Give nextCursor of the page before, unchanged, or leave it out to start anew.");
    }

    public static Problem Invalid(string name, string what) => new(400, "invalid-parameter", "A query parameter is not valid.", $"{name}: {what}");

    static bool HasOffset(string value) => value.EndsWith('Z') || value.Length > 10 && value[10..].AsSpan().ContainsAny(" +-");
}
