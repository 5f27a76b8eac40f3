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
        await Eventually.Holds("deliveries to the dead endpoints are in progress", async () => (await shop.Rows()).Count(row => row.Attempts > 0) >= 16);

        var order = await other.Placed();
        await Eventually.Holds("the other merchant receives its event", () => shop.Receiver.Of(order) == "order.submitted");
        var dead50 = (await shop.Rows()).Where(row => row.OrderId != order).ToList();
        dead50.ShouldAllBe(row => row.LastAttemptAt == null, "all of them are still in progress");
        dead50.Count(row => row.Attempts > 0).ShouldBe(16);
    }

    /// <summary>With the default limits: 16 of 64 concurrent attempts per merchant, 10 s each.</summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Ten_hanging_endpoints_delay_no_other_webhook_by_3_s(Mode mode)
    {
        await using var shop = await HookShop.Open(mode, "--Webhooks:TimeoutSeconds=10", "--Webhooks:LeaseSeconds=30");
        await using var silent = new Silent();
        for (var i = 0; i < 10; i++)
            await shop.Register($"{silent.Url}?{i}");
        var other = await shop.Other();
        (await other.Post("/webhook-endpoints", $$"""{"url":"{{shop.Receiver.Url}}"}""")).ShouldBe(201);
        foreach (var several in Enumerable.Range(0, 200).Chunk(20))
            await Task.WhenAll(several.Select(_ => shop.Merchant.Placed()));
        await Eventually.Holds("their deliveries wait", async () =>
            await shop.Host.Read(db => db.WebhookDeliveries.CountAsync()) == 2000, TimeSpan.FromSeconds(60));

        for (var i = 0; i < 5; i++)
        {
            var order = await other.Placed();
            await Eventually.Holds("the other merchant's event arrives", () => shop.Receiver.Of(order) == "order.submitted", TimeSpan.FromSeconds(3));
        }
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_endpoint_has_a_bounded_number_of_pending_events(Mode mode)
    {
        await using var shop = await HookShop.Open(
            mode, "--Webhooks:MaxPendingPerEndpoint=3", "--Webhooks:RetryDelaySeconds:0=300", "--Webhooks:RetryDelaySeconds:1=300",
            "--Webhooks:TimeoutSeconds=20", "--Webhooks:LeaseSeconds=60");
        await using var broken = await HookReceiver.Start();
        broken.Answers = _ => Microsoft.AspNetCore.Http.Results.StatusCode(500);
        var full = await shop.Register(broken.Url);
        await shop.Register();
        for (var i = 0; i < 8; i++)
        {
            var order = await shop.Merchant.Placed();
            await Eventually.Holds("the other endpoint receives it", async () => shop.Receiver.Of(order) == "order.submitted"
                && (await shop.Rows()).Exists(row => row.OrderId == order && row.State == DeliveryStates.Delivered));
        }

        await shop.LogBecomes(full, DeliveryStates.Missed, 5);
        await shop.LogBecomes(full, DeliveryStates.Pending, 3);

        (await Enable(shop, full)).Json["missed"]!["events"]!.GetValue<int>().ShouldBe(5, "there is no room for more");
        await shop.LogBecomes(full, DeliveryStates.Missed, 5);
        broken.Answers = _ => Microsoft.AspNetCore.Http.Results.NoContent();
        foreach (var pending in (await shop.Log(full)).Where(item => (string)item["status"]! == DeliveryStates.Pending))
            (await shop.Merchant.Post($"/webhook-endpoints/{full["id"]}/deliveries/{pending["id"]}/resend", null)).ShouldBe(202);
        await shop.LogBecomes(full, DeliveryStates.Delivered, 3);
        await Enable(shop, full);
        await shop.LogBecomes(full, DeliveryStates.Delivered, 6);
        (await Enable(shop, full)).Json["missed"]!["events"]!.GetValue<int>().ShouldBe(2);
        await shop.LogBecomes(full, DeliveryStates.Delivered, 8);
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

    static async Task<Answer> Enable(HookShop shop, JsonNode endpoint) =>
        (await shop.Merchant.Post($"/webhook-endpoints/{endpoint["id"]}/enable", """{"sendMissed":true}""")).ShouldBe(200);
}
