namespace OrderSaga.Payments;

static class Sql
{
    /// <summary>The names of an enum as SQL literals.</summary>
    public static string Names<T>() where T : struct, Enum => string.Join(", ", Enum.GetNames<T>().Select(name => $"'{name}'"));
}
