namespace OrderSaga.Bench;

/// <summary>Realistic mix: 10% declined cards, 5% orders with a sold-out sku, 2% authorizations without an answer.</summary>
static class Mixed
{
    public static async IAsyncEnumerable<Result> Run(Place place, Options options)
    {
        foreach (var variant in new Contenders(options).Variants)
            yield return await Full.System("mixed", place, variant, variant.Bounded(options), Workload);
    }

    static async Task<Workload> Workload(OurSystem system) => await Full.Usual(system) with
    {
        Declined = 0.10,
        TimedOut = 0.02,
        SoldOut = 0.05,
        EmptySku = (await Catalogue.Stock(system.Running, "empty", 1, 0))[0],
    };
}
