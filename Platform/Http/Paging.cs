using System.Buffers.Text;
using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">The items in the list's order.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> to get the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>
/// The query parameters of every list in pages. A cursor is opaque to callers, so that its content can change, and valid only for its own
/// list.
/// </summary>
public class Paging
{
    const int MaxRows = 100;
    const int DefaultRows = 50;
    const int MaxCursorLength = 2000;

    [FromQuery(Name = "cursor"), Description("nextCursor of the previous page.")]
    public string? Cursor { get; init; }

    [FromQuery(Name = "limit"), Description("Rows per page: 1 to 100, default 50.")]
    public string? Limit { get; init; }

    /// <summary>Rows per page.</summary>
    public int Rows() => RowsOf(Limit) ?? throw Query.Invalid("limit", $"Use a whole number from 1 to {MaxRows}.");

    /// <summary>The rows that a request wants, before its parameters are checked.</summary>
    internal static int RowsOf(HttpRequest request) => RowsOf((string?)request.Query["limit"]) ?? 1;

    /// <summary>Null if the number is invalid.</summary>
    static int? RowsOf(string? limit) => limit is null ? DefaultRows
        : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var rows) && limit[0] != '0' && rows is >= 1 and <= MaxRows ? rows
        : null;

    /// <summary>The position of the previous page's last row; null on the first page.</summary>
    /// <param name="list">Name of the list.</param>
    /// <param name="read">Parses a position; null if it is invalid.</param>
    public T? After<T>(string list, Func<string, T?> read) where T : class
    {
        if (Cursor is null)
            return null;
        var bytes = new byte[Cursor.Length];
        return Cursor.Length is > 0 and <= MaxCursorLength
            && Base64Url.IsValid(Cursor) && Base64Url.TryDecodeFromChars(Cursor, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length) is var text && text.StartsWith(list + " ", StringComparison.Ordinal)
            && read(text[(list.Length + 1)..]) is { } position
            ? position
            : throw new Problem(ProblemTypes.InvalidCursor,
                "Use the unchanged nextCursor of this list's previous page, or omit it to start from the first page.");
    }

    /// <summary>Reads the page.</summary>
    /// <param name="list">Name of the list.</param>
    /// <param name="rows">The rows after the position, in order.</param>
    /// <param name="view">What the caller gets of a row.</param>
    /// <param name="position">The position of a row; its text goes into the cursor.</param>
    /// <param name="cancel">Cancelled when the caller disconnects.</param>
    public async Task<Page<TView>> Read<TRow, TView>(
        string list, IQueryable<TRow> rows, Func<TRow, TView> view, Func<TRow, object> position, CancellationToken cancel) =>
        Of(list, await rows.Take(Rows() + 1).ToListAsync(cancel), view, position);

    /// <summary>As <see cref="Read{TRow, TView}"/>, of rows in memory.</summary>
    public Page<TView> Of<TRow, TView>(string list, IEnumerable<TRow> rows, Func<TRow, TView> view, Func<TRow, object> position)
    {
        var limit = Rows();
        // One row more tells whether another page follows.
        var read = rows.Take(limit + 1).ToList();
        return new([.. read.Take(limit).Select(view)], read.Count > limit ? Encode(list, position(read[limit - 1])) : null);
    }

    static string Encode(string list, object position) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{list} {position}")));
}

/// <summary>The position of a row in a list that is sorted by time, then id.</summary>
public sealed record Position(DateTime At, Guid Id)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.Ticks}|{Id}");

    public static Position? Read(string text) =>
        text.Split('|') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
        && at <= DateTime.MaxValue.Ticks && Guid.TryParseExact(id, "D", out var row)
            ? new Position(new DateTime(at, DateTimeKind.Utc), row)
            : null;
}
