namespace OrderSaga.Payments;

static class Text
{
    /// <summary>The outside's words, as far as their column holds them.</summary>
    public static string? Limit(string? text, int characters) => text is null || text.Length <= characters ? text : text[..characters];
}

static class Sql
{
    /// <summary>The names of an enum as SQL literals.</summary>
    public static string Names<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>().Select(name => $"'{name}'"));
}
