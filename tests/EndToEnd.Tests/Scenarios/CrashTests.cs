using System.Diagnostics;

namespace EndToEnd.Tests;

/// <summary>A process dies under load, like a power loss, and comes back: every promise is kept.</summary>
public sealed class CrashTests(Fleet fleet) : Scenario(fleet)
{
    const int Orders = 150;
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    /// <summary>One process hosts everything; on servers the fault run kills each of the six, alone and together.</summary>
    [Fact]
    public async Task Every_order_finishes_after_a_kill_under_load()
    {
        using var shop = await On(Mode.Embedded);
        var skus = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.NewSku(60)));
        var load = new Load(shop, Load.Mixed(Orders, skus, seed: 14));
        var running = load.Run(callers: 8);

        await load.Reaches(Orders / 3);
        await shop.System.Of(Running.Six[0]).Kill();
        var placed = load.Acknowledged;
        await shop.System.AllUp();
        var watch = Stopwatch.StartNew();
        var all = await running;

        await shop.System.Checker.AtRest(EndsWithin);
        Say($"Killed after {placed} of {Orders} orders; {load.Repeats} retries; at rest {watch.Elapsed.TotalSeconds:0.0} s after the restart");
        await shop.System.Checker.IsClean([.. all.Select(one => one.OrderId)]);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_graceful_stop_of_each_process_loses_nothing(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(100);
        var load = new Load(shop, Load.Mixed(40, [sku], seed: 11));
        var running = load.Run(callers: 4);
        await load.Reaches(20);

        var codes = await Task.WhenAll(shop.System.Services.Select(service => shop.System.Of(service).Stop()));
        await shop.System.AllUp();
        codes.ShouldAllBe(code => code == 0 || code == 143);

        await shop.System.Checker.IsClean([.. (await running).Select(one => one.OrderId)]);
    }
}
