namespace OrderSaga.Bench;

/// <summary>The scenarios by name.</summary>
static class Scenarios
{
    public static IReadOnlyList<string> Names { get; } = ["settle"];

    /// <summary>Runs one scenario with all its contenders.</summary>
    public static IAsyncEnumerable<Result> Run(string name, Options options) => name switch
    {
        "settle" => Settle.Run(options),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"There are: {string.Join(", ", Names)}"),
    };
}
