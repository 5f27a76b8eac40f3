namespace OrderSaga.Bench;

/// <summary>Orders of two lines over 1,000 skus, all of which complete; on servers, or embedded.</summary>
static class Settle
{
    static readonly string[] OnServers =
        [Variant.Alone.Name, "b-usual-outbox", "c-2pc", "d1-floor", "d2-floor", "e-broker", "e-broker-one", "e-broker-envelope"];

    public static async IAsyncEnumerable<Result> Run(string scenario, Place place, Options options)
    {
        var contenders = new Contenders(options, place.HasServers ? OnServers : [Variant.Alone.Name]);
        foreach (var variant in contenders.Variants)
            yield return await Full.System(scenario, place, variant, variant.Bounded(options), Full.Usual);
        if (!place.HasServers)
            yield break;
        foreach (var baseline in contenders.Children)
            yield return await BaselineRuns.Run(scenario, baseline, place, Full.Skus, options);
    }
}
