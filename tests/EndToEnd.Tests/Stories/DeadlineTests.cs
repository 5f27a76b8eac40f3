using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>A customer who does not pay.</summary>
public sealed class DeadlineTests
{
    [Fact]
    public async Task Left_alone_it_is_cancelled_at_its_class_s_deadline_and_the_stock_is_free()
    {
        await using var system = await Running.Start(Mode.Embedded, new Setup
        {
            Settings = new Dictionary<string, string?> { ["Orders:PayWithin:Classes:flash"] = "10" },
        });
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(5);
        var usual = await shop.Place(sku, 1, token: null);
        var flash = await Shop.Read<Order>(shop.Post(new Draft(Guid.CreateVersion7().ToString(), sku, 2, null, "flash"), wait: 30));
        (usual.Status, flash.Status).ShouldBe(("AwaitingPayment", "AwaitingPayment"));
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 2, 3, 0));

        // The gateway, which closes its page, or assurance: who is first.
        var ended = await shop.End(flash.Id, TimeSpan.FromSeconds(100));
        ended.Status.ShouldBe("Cancelled");
        ended.Reason!.ShouldEndWith("not paid in time");

        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 4, 1, 0));
        (await shop.Get(usual.Id)).Status.ShouldBe("AwaitingPayment", "its time is longer");
        using var cancelled = await shop.Cancel(usual.Id);
        await shop.PressPay(flash.Payment.Url!);
        await system.Checker.IsClean([flash.Id, usual.Id]);
        (await shop.Ledger(flash.Id)).ShouldNotContain(entry => entry.Operation == "capture");
        var timeline = await Shop.Read<JsonNode>(shop.Ask($"orders/{flash.Id}/timeline"));
        timeline["items"]!.AsArray().ShouldContain(item => (string?)item!["from"] == "AwaitingPayment" && (string)item["to"]! == "Cancelling");
    }
}
