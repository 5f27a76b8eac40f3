namespace OrderSaga.Bench;

/// <summary>As settle, with more lanes and more processes: the gain with free cores, and the cost without.</summary>
static class Growth
{
    static readonly string[] Workers = ["Orders.Sagas", "Inventory.Worker", "Payments.Worker"];

    static readonly Variant[] Variants =
    [
        Variant.Ours, ConcurrentBatches(2), ConcurrentBatches(4),
        new("two of each worker", Variant.Ours.Settings) { Twins = Workers },
    ];

    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        if (place.Name != "servers")
            throw new ArgumentException("growth needs --mode servers.");
        foreach (var variant in Variants)
            yield return await Full.System("growth", place, variant, options, Full.Usual);
    }

    static Variant ConcurrentBatches(int concurrentBatches) =>
        new($"{concurrentBatches} lanes", new Dictionary<string, string?> { ["Limits:ConcurrentBatches"] = $"{concurrentBatches}" });
}
