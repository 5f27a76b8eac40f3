using OrderSaga.Contracts;

namespace EndToEnd.Tests;

/// <summary>
/// A broker that loses 2 % of publishes, delivers each of the others three times, and none in order. On the in-memory transport only the
/// platform can duplicate a delivery; its own tests do that.
/// </summary>
public sealed class MangledTests(Fleet fleet) : Scenario(fleet)
{
    static readonly Mangling How = new(Drop: 0.02, Copies: 3, HoldBack: TimeSpan.FromMilliseconds(200));

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Lost_duplicate_and_late_messages_have_one_effect(Mode mode)
    {
        Assert.SkipUnless(mode.Transport == "RabbitMq", "Only the platform's own tests can copy a delivery in memory.");
        using var shop = await On(mode);
        var skus = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.NewSku(80)));
        await using var mangler = await Mangler.Start(shop.System.Broker, [Queues.Orders, Queues.Inventory, Queues.Payments], How, seed: 3);
        var load = new Load(shop, Load.Mixed(200, skus, seed: 3));

        var placed = await load.Run(callers: 8);
        await shop.System.Checker.AtRest(TimeSpan.FromSeconds(60));
        await mangler.End();

        Say($"{mangler.Count}");
        mangler.Count.Dropped.ShouldBeGreaterThan(0);
        mangler.Count.Delivered.ShouldBe(3 * mangler.Count.Taken);
        mangler.Count.Overtaken.ShouldBeGreaterThan(mangler.Count.Delivered / 4);
        await shop.System.Checker.IsClean([.. placed.Select(one => one.OrderId)]);
    }
}
