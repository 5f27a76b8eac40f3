namespace OrderSaga.Bench;

/// <summary>The scenarios by name.</summary>
static class Scenarios
{
    public static IReadOnlyList<string> Names { get; } =
        ["settle", "flash-1", "flash-10", "mixed", "placement", "recover", "embedded", "aged", "overload", "growth", "side-by-side", "queries", "reads"];

    /// <summary>Runs one scenario with all its contenders.</summary>
    public static IAsyncEnumerable<Result> Run(string name, Options options) => name switch
    {
        "settle" => Settle.Run(name, Place.Of(options.Mode), options),
        "flash-1" => Flash.Run(1, Place.Of(options.Mode), options),
        "flash-10" => Flash.Run(10, Place.Of(options.Mode), options),
        "mixed" => Mixed.Run(Place.Of(options.Mode), options),
        "placement" => Placing.Run(Place.Of(options.Mode), options),
        "recover" => Recover.Run(Place.Of(options.Mode), options),
        "embedded" => Settle.Run(name, Place.Of(name), options),
        "aged" => Aged.Run(Place.Of(options.Mode), options),
        "overload" => Overload.Run(Place.Of(options.Mode), options),
        "growth" => Growth.Run(Place.Of(options.Mode), options),
        "queries" => Queries.Run(Place.Of(options.Mode), options),
        "reads" => Reads.Run(Place.Of(options.Mode), options),
        "side-by-side" => SideBySide.Run(Place.Of(options.Mode), options),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"Unknown scenario. Scenarios: {string.Join(", ", Names)}"),
    };
}
