namespace OrderSaga.Bench;

/// <summary>Orders of two lines over 1,000 skus, all of which complete; on servers or embedded.</summary>
static class Settle
{
    static readonly string[] OnServers =
        [Variant.Alone.Name, "b-usual-outbox", "c-2pc", "d1-floor", "d2-floor", "e-broker", "e-broker-one", "e-broker-envelope"];

    public static async IAsyncEnumerable<Result> Run(string scenario, Place place, Options options)
    {
        var contenders = new Contenders(options, place.HasServers ? OnServers : [Variant.Alone.Name]);
        var others = contenders.InTurn.Select(variant => new OtherSystem(scenario, place, variant, options)).ToList();
        var baselines = (place.HasServers ? contenders.Children : []).Select(name => new BaselineRuns(scenario, name, place, Full.Skus)).ToList();
        foreach (var other in others)
            await other.Start();
        foreach (var variant in contenders.Variants)
        {
            // A machine's speed varies over minutes, so compared contenders alternate.
            var inTurn = variant.Name == Variant.Ours.Name && baselines.Count + others.Count > 0;
            var result = await Full.System(scenario, place, variant, variant.Bounded(options), Full.Usual, inTurn ? Next : null);
            yield return result;
            foreach (var other in inTurn ? others : [])
            {
                yield return await other.Result(result);
                await other.DisposeAsync();
            }
        }

        foreach (var baseline in baselines)
            yield return baseline.Result;

        async Task Next(IReadOnlyDictionary<string, double> ours)
        {
            foreach (var other in others)
                await other.Next(ours);
            foreach (var baseline in baselines)
                await baseline.Next();
        }
    }
}
