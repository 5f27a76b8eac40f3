using Orders.Model.Webhooks;

namespace Orders.Api.Tests.Webhooks;

/// <summary>A receiver that does not respond takes no capacity from others.</summary>
public sealed class FairnessTests
{
    /// <summary>Longer than any test waits: a delivery to a silent receiver stays in progress.</summary>
    static readonly string[] Hanging = ["--Webhooks:MaxEndpoints=50", "--Webhooks:TimeoutSeconds=60", "--Webhooks:LeaseSeconds=120"];

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Fifty_dead_endpoints_delay_no_other_merchant(Mode mode)
    {
        await using var shop = await HookShop.Open(mode, Hanging);
        await using var dead = new Silent();
        for (var i = 0; i < 50; i++)
            await shop.Register($"{dead.Url}?{i}");
        var other = await shop.Other();
        (await other.Post("/webhook-endpoints", $$"""{"url":"{{shop.Receiver.Url}}"}""")).ShouldBe(201);
        await shop.Merchant.Placed();
        await shop.Merchant.Placed();
        await Eventually.Holds("deliveries to the dead endpoints are in progress", async () => (await shop.Rows()).Count(row => row.Attempts > 0) >= 8);

        var order = await other.Placed();
        await Eventually.Holds("the other merchant receives its event", () => shop.Receiver.Of(order) == "order.submitted");
        var dead50 = (await shop.Rows()).Where(row => row.OrderId != order).ToList();
        dead50.ShouldAllBe(row => row.LastAttemptAt == null, "all of them are still in progress");
        dead50.Count(row => row.Attempts > 0).ShouldBe(8);
    }

    /// <summary>
    /// As many merchants as there are concurrent deliveries have an old backlog at silent receivers; a new merchant still comes first.
    /// </summary>
    [Fact]
    public async Task The_merchant_with_nothing_in_flight_is_served_first()
    {
        await using var shop = await HookShop.Open(
            Mode.Embedded, [.. Hanging, "--Webhooks:MaxConcurrent=2", "--Webhooks:MaxConcurrentPerEndpoint=1", "--Webhooks:MaxConcurrentPerMerchant=2"]);
        await using var slow = await HookReceiver.Start();
        using var turns = new SemaphoreSlim(0);
        slow.Answers = _ =>
        {
            turns.Wait(TimeSpan.FromSeconds(50));
            return Microsoft.AspNetCore.Http.Results.NoContent();
        };
        await shop.Register(slow.Url + "?1");
        await shop.Register(slow.Url + "?2");
        for (var i = 0; i < 5; i++)
            await shop.Merchant.Placed();
        await Eventually.Holds("two deliveries are in progress", () => slow.Taken.Count == 2);
        var other = await shop.Other();
        (await other.Post("/webhook-endpoints", $$"""{"url":"{{shop.Receiver.Url}}"}""")).ShouldBe(201);
        var order = await other.Placed();
        await Eventually.Holds("the delivery is due", async () => (await shop.Rows()).Exists(row => row.OrderId == order));

        turns.Release();
        await Eventually.Holds("the next delivery is the other merchant's", () => shop.Receiver.Of(order) == "order.submitted");
        (await shop.Rows()).Count(row => row.State == DeliveryStates.Delivered && row.OrderId != order).ShouldBe(1);
        turns.Release(100);
    }
}
