namespace OrderSaga.Platform.Http;

/// <summary>A part of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> for what follows; null: nothing follows now.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary><paramref name="read"/> holds one row more than the page: whether something follows.</summary>
    public static Page<T> Of<TRow>(List<TRow> read, int limit, Func<TRow, T> view, Func<TRow, string> cursor) =>
        new([.. read.Take(limit).Select(view)], read.Count > limit ? cursor(read[limit - 1]) : null);
}
