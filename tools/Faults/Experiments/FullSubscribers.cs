using FaultRuns.Conditions;
using FaultRuns.Faults;

namespace FaultRuns.Experiments;

/// <summary>
/// The subscriber of one event refuses everything. Some orders are declined and some refused, so that every outcome is published.
/// </summary>
static class FullSubscribers
{
    /// <summary>Of the five events: one p99 is a matter of a few orders.</summary>
    const double MaxMedianRatio = 1.2;
    const double MaxRatio = 2;
    const int DeclinedOneOf = 5;

    public static async Task Try(Trial trial)
    {
        var sku = await trial.Shop.NewSku(1_000_000);
        await Measure(trial, sku);
        trial.Row("event", "p50 s", "p99 s", "p99 before s", "p99 after s", "ratio");
        var before = await Measure(trial, sku);
        var ratios = new List<double>();
        foreach (var contract in FullSubscriber.Events)
        {
            Spread full;
            await using (await FullSubscriber.Bind(trial.Run, contract))
                full = await Measure(trial, sku);
            await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(3));
            var after = await Measure(trial, sku);
            var ratio = full.P99 / Math.Max(before.P99, after.P99);
            trial.Row(contract, full.P50, full.P99, before.P99, after.P99, ratio);
            trial.Require(ratio <= MaxRatio, $"{contract}: p99 is {ratio:0.00} times as long");
            ratios.Add(ratio);
            before = after;
        }

        var median = ratios.Order().ElementAt(ratios.Count / 2);
        trial.Require(median <= MaxMedianRatio, $"the median of the ratios is {median:0.00}");
        await trial.Run.System.Checker.AtRest(TimeSpan.FromMinutes(2));

        foreach (var broken in await trial.Run.System.Checker.Broken([]))
            trial.Require(false, broken);
    }

    static async Task<Spread> Measure(Trial trial, string sku)
    {
        var number = 0;
        await using var refused = await BusLoad.Start(trial, 1, "no-such-sku");
        string Token() => ++number % DeclinedOneOf == 0 ? "tok_declined" : "tok_ok";
        var load = SteadyLoad.Start(trial, trial.Options.Rate, () => Trial.NewDraft(sku, Token()));
        await Delay.For(trial.Options.Seconds, trial.Cancel);
        return await trial.Spread(await load.Stop());
    }
}
