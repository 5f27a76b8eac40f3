namespace EndToEnd.Tests;

/// <summary>Two gateways with a ledger each: orders continue while one of them is away, and the two ledgers hold each order's money once.</summary>
public sealed class TwoGatewaysTests(ITestOutputHelper output)
{
    const int Orders = 120;
    static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Orders_continue_while_a_gateway_is_killed(Mode mode)
    {
        await using var acme = await OtherGateway.Create(mode);
        await using var system = await Running.Start(mode, new Setup { Settings = acme.Settings });
        await acme.Start(system);
        using var shop = new Shop(system, system.ApiKey);
        var skus = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.NewSku(100)));
        var first = await shop.PlaceAndEnd(skus[0], 1, "tok_ok");
        first.Status.ShouldBe("Completed");
        (await shop.Ledger(first.Id)).ShouldBeEmpty($"its money is at {OtherGateway.Name}");
        var load = new Load(shop, Load.Mixed(Orders, skus, seed: 42));
        var running = load.Run(callers: 8);
        await load.Reaches(Orders / 4);
        await acme.Kill();
        await load.Reaches(Orders / 2);

        // Nobody waits for the gateway that is away.
        var meanwhile = await shop.PlaceAndEnd(skus[0], 1, "tok_ok");
        meanwhile.Status.ShouldBe("Completed");
        (await shop.Ledger(meanwhile.Id)).Select(entry => entry.Operation).ShouldBe(["authorize", "capture"], "at the gateway main");

        await acme.Back();
        var all = await running;
        var checker = new Checker(mode, system.Connection, null, new Dictionary<string, string> { [OtherGateway.Name] = acme.Connection });
        await checker.AtRest(EndsWithin);
        await checker.IsClean([first.Id, meanwhile.Id, .. all.Select(one => one.OrderId)]);
        var states = await checker.Texts("payments", "SELECT gateway FROM payment_branches");
        output.WriteLine($"{states.Count(name => name == OtherGateway.Name)} of {states.Count} orders at {OtherGateway.Name}");
        states.Distinct().Order().ShouldBe([OtherGateway.Name, "main"]);
    }
}
