using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>Many orders at once: nothing is oversold, lost, duplicated or left unfinished.</summary>
public sealed class LoadTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Of_500_orders_for_50_units_exactly_50_complete(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(50);
        var drafts = Enumerable.Range(0, 500).Select(i => new Draft($"race-{i}-{sku}", sku, 1, "tok_ok")).ToList();

        var placed = await RunToTheEnd(shop, drafts, [sku]);

        var states = await StatesOf(shop, placed);
        (states.GetValueOrDefault("Completed"), states.GetValueOrDefault("Cancelled")).ShouldBe((50, 450));
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 50, 0, 0, 50));
    }

    [Theory, MemberData(nameof(Mode.Widest), MemberType = typeof(Mode))]
    public async Task A_thousand_mixed_orders_leave_consistent_ledgers(Mode mode)
    {
        using var shop = await On(mode);
        var skus = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.NewSku(80)));

        var placed = await RunToTheEnd(shop, Load.Mixed(1000, skus, seed: 20_260_101), skus);

        var states = await StatesOf(shop, placed);
        (states.GetValueOrDefault("Completed") + states.GetValueOrDefault("Cancelled")).ShouldBe(1000);
        Say(string.Join(", ", states.Select(state => $"{state.Value} {state.Key}")));
    }

    static async Task<IReadOnlyList<Acknowledged>> RunToTheEnd(Shop shop, List<Draft> drafts, IReadOnlyList<string> skus)
    {
        var watch = Stopwatch.StartNew();
        var load = new Load(shop, drafts);
        var sampler = new LevelSampler(shop, skus);
        var placed = await sampler.While(load.Run(callers: 32));
        Say($"{shop.System.Mode}: {placed.Count} placed in {watch.Elapsed.TotalSeconds:0.0} s, {load.Repeats} retries");
        await sampler.While(Rest(shop));
        Say($"at rest after {watch.Elapsed.TotalSeconds:0.0} s; {sampler.Samples} levels read meanwhile");
        await shop.System.Checker.IsClean([.. placed.Select(one => one.OrderId)]);
        return placed;
    }

    static async Task<bool> Rest(Shop shop)
    {
        await shop.System.Checker.AtRest(TimeSpan.FromSeconds(90));
        return true;
    }

    static async Task<Dictionary<string, int>> StatesOf(Shop shop, IEnumerable<Acknowledged> placed)
    {
        var ours = placed.Select(one => one.OrderId).ToHashSet();
        return (await shop.System.Checker.Orders()).Where(order => ours.Contains(order.Id)).CountBy(order => order.State).ToDictionary();
    }
}
