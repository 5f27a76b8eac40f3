namespace OrderSaga.Platform.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">The items in the list's order.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> to get the next page; null on the last page.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary><paramref name="read"/> holds one row more than <paramref name="limit"/> if another page follows.</summary>
    public static Page<T> Of<TRow>(List<TRow> read, int limit, Func<TRow, T> view, Func<TRow, string> cursor) =>
        new([.. read.Take(limit).Select(view)], read.Count > limit ? cursor(read[limit - 1]) : null);
}
