namespace EndToEnd.Tests;

/// <summary>The checker on a busy system: orders are in flight in every database, and it reports no violation.</summary>
public sealed class LiveVerificationTests(Fleet fleet) : Scenario(fleet)
{
    /// <summary>
    /// Longer than the interval at which recovery checks an order: on a slow machine an order may be overdue for that long.
    /// </summary>
    const int SettleSeconds = 20;

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task The_verifier_raises_no_false_alarm_under_load(Mode mode)
    {
        using var shop = await On(mode);
        var skus = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.NewSku(100)));
        var load = new Load(shop, Load.Mixed(600, skus, seed: 20_261_125));

        var placed = load.Run(callers: 16);
        var reads = 0;
        do
        {
            var broken = await shop.System.Checker.BrokenAtWork(SettleSeconds);
            broken.ShouldBeEmpty($"look {++reads}: {string.Join('\n', broken.Take(20))}");
        }
        while (!placed.IsCompleted);

        Say($"{mode}: {reads} looks while {load.Acknowledged} orders were placed");
        await shop.System.Checker.AtRest(TimeSpan.FromSeconds(90));
        await shop.System.Checker.IsClean([.. (await placed).Select(one => one.OrderId)]);
    }
}
