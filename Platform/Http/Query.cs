using System.Globalization;
using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Strict reader of query parameters: a misspelt filter must not list everything.</summary>
public static class Query
{
    /// <summary>Runs before every endpoint (<see cref="RequestRules"/>).</summary>
    internal static void AllowOnly(HttpContext http, string[] names)
    {
        if (http.Request.Query.Keys.FirstOrDefault(key => !names.Contains(key, StringComparer.Ordinal)) is { } unknown)
            throw new Problem(ProblemTypes.UnknownParameter,
                names.Length == 0 ? $"This call has no query parameters; remove '{unknown}'." : $"'{unknown}' is not one of {string.Join(", ", names)}.");
        if (http.Request.Query.FirstOrDefault(pair => pair.Value.Count > 1).Key is { } twice)
            throw Invalid(twice, "Send it once.");
    }

    /// <summary>One of the names, matched exactly.</summary>
    public static string? OneOf(string name, string? value, IReadOnlyCollection<string> names) =>
        value is null || names.Contains(value) ? value : throw Invalid(name, $"Use one of {string.Join(", ", names)}.");

    /// <summary>A member of the enum, matched by its exact name.</summary>
    public static T? OneOf<T>(string name, string? value) where T : struct, Enum =>
        value is null ? null : EnumNames.Find<T>(value) ?? throw Invalid(name, $"Use one of {EnumNames.List<T>()}.");

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

    public static Problem Invalid(string name, string what) => new(ProblemTypes.InvalidParameter, $"{name}: {what}");

    static bool HasOffset(string value) => value.EndsWith('Z') || value.Length > 10 && value[10..].AsSpan().ContainsAny(" +-");
}
