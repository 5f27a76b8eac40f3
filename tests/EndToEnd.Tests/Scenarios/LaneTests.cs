using RabbitMQ.Client;

namespace EndToEnd.Tests;

/// <summary>Each lane has queues of its own. An order stays in its lane, and a lane without consumers holds up no other.</summary>
public sealed class LaneTests
{
    const string GreyForAll = """[{"value":"grey","percent":50,"of":"orders"}]""";

    static readonly Dictionary<string, string?> Grey = new()
    {
        ["Lanes:Use"] = "main,grey", ["Orders:FirstRetryDelaySeconds"] = "2", ["Recovery:IntervalSeconds"] = "1",
    };

    public static IEnumerable<object[]> ManyProcesses() => Mode.All().Where(mode => Running.ProcessesOf((Mode)mode[0]).Count > 1);

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Orders_complete_in_their_lane(Mode mode)
    {
        await using var system = await Running.Start(mode, new Setup { Settings = Grey });
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(100);
        await shop.SetSwitch("lane", GreyForAll);
        for (var i = 0; i < 20; i++)
            (await shop.PlaceAndEnd(sku, 1, i % 5 == 0 ? "tok_declined" : "tok_ok")).Status.ShouldBeOneOf("Completed", "Cancelled");

        var lanes = await system.Checker.Texts("orders", "SELECT lane FROM orders");
        lanes.Distinct().ShouldBe(["main", "grey"], ignoreOrder: true);
        foreach (var (database, queue) in new[] { ("orders", "orders"), ("inventory", "inventory"), ("payments", "payments") })
            (await system.Checker.Texts(database, $"SELECT DISTINCT endpoint FROM inbox WHERE endpoint LIKE '{queue}%'"))
                .ShouldBe([queue, queue + ".grey"], ignoreOrder: true, database);
        await system.Checker.IsClean([]);
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(ManyProcesses))]
    public async Task A_lane_without_consumers_waits_and_is_reported(Mode mode)
    {
        await using var system = await Running.Start(mode, new Setup { Settings = new Dictionary<string, string?>(Grey) { ["Lanes:Serve"] = "main" } });
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(100);
        await shop.SetSwitch("lane", """[{"value":"grey"}]""");
        var waits = await shop.Place(sku, 1, "tok_ok", wait: 0);
        await shop.SetSwitch("lane", "[]");
        (await shop.PlaceAndEnd(sku, 1, "tok_ok")).Status.ShouldBe("Completed");
        foreach (var service in (string[])["Inventory.Worker", "Payments.Worker", "Orders.Sagas"])
            await Eventually.Becomes($"{service} reports the lane", () => system.Of(service).Health(), health => health == "degraded");
        (await shop.Get(waits.Id)).Status.ShouldBe("Reserving");

        var readers = await Consumers(system, "submit-order.quorum");
        readers.ShouldBeGreaterThan(0u);

        // Processes of the lane alone.
        await using var inventory = system.Twin("Inventory.Worker");
        await using var payments = system.Twin("Payments.Worker");
        await using var sagas = system.Twin("Orders.Sagas");
        foreach (var twin in new[] { inventory, payments, sagas })
            twin.Start(("Lanes:Serve", "grey"));
        (await shop.End(waits.Id, TimeSpan.FromMinutes(1))).Status.ShouldBe("Completed");
        await Eventually.Becomes("the lane has consumers", () => system.Of("Inventory.Worker").Health(), health => health == "ready");
        (await Consumers(system, "orders.grey")).ShouldBeGreaterThan(0u);
        (await Consumers(system, "submit-order.quorum")).ShouldBe(readers, "orders from the bus belong to main until they are placed");
        await system.Checker.IsClean([waits.Id]);
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(ManyProcesses))]
    public async Task Main_takes_over_the_orders_of_an_unserved_lane(Mode mode)
    {
        await using var system = await Running.Start(mode, new Setup
        {
            Settings = new Dictionary<string, string?>(Grey) { ["Lanes:Serve"] = "main", ["Lanes:TakeOver"] = "grey", ["Lanes:TakeOverSeconds"] = "5" },
        });
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(100);
        await shop.SetSwitch("lane", """[{"value":"grey"}]""");
        var orders = new List<Guid>();
        for (var i = 0; i < 10; i++)
            orders.Add((await shop.Place(sku, 1, "tok_ok", wait: 0)).Id);
        foreach (var order in orders)
            (await shop.End(order, TimeSpan.FromMinutes(1))).Status.ShouldBe("Completed");
        (await system.Checker.Texts("orders", "SELECT DISTINCT lane FROM orders WHERE switch_version IS NOT NULL")).ShouldBe(["main"]);
        (await system.Checker.Texts("orders", "SELECT detail FROM audit WHERE detail LIKE 'taken over%'")).ShouldBe(
            Enumerable.Repeat("taken over from the lane grey", 10));
        await system.Checker.IsClean(orders);
    }
    static async Task<uint> Consumers(Running system, string queue)
    {
        await using var connection = await new ConnectionFactory { Uri = system.Broker }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await channel.ConsumerCountAsync(queue);
    }
}
