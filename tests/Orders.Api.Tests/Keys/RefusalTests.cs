namespace Orders.Api.Tests.Keys;

/// <summary>Refused callers leave a trace, and cannot fill the log.</summary>
public sealed class RefusalTests
{
    const string Failures = "ordersaga.auth.failures";

    [Fact]
    public async Task A_refused_caller_is_logged_and_counted()
    {
        await using var shop = await KeyShop.Open();
        (await new Caller(shop.Host, "", null).Get("/orders")).ShouldBe(401);
        (await new Caller(shop.Host, "", "os_wrong").Get("/orders/x/events")).ShouldBe(401);
        (await shop.Second.Put("/products/tea-001", "{}")).ShouldBe(403);
        (await new Caller(shop.Host, "", "os_wrong").Get("/x%0AERR%20forged")).ShouldBe(401);

        shop.Log.ShouldBe(
        [
            "Warning: Refused a caller: no key, key unknown, GET /orders, from 127.0.0.1; 0 more were not logged",
            "Warning: Refused a caller: unknown key, key unknown, GET /orders/{id}/events, from 127.0.0.1; 0 more were not logged",
            "Warning: Refused a caller: role missing, key second, PUT /products/{sku}, from 127.0.0.1; 0 more were not logged",
            "Warning: Refused a caller: unknown key, key unknown, no route, from 127.0.0.1; 0 more were not logged",
        ]);
        foreach (var reason in (string[])["no key", "unknown key", "role missing"])
            shop.Counted(Failures, reason).ShouldBePositive(reason);
    }

    [Fact]
    public async Task A_flood_of_refusals_leaves_few_lines()
    {
        await using var shop = await KeyShop.Open();
        var stranger = new Caller(shop.Host, "", "os_wrong");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await Parallel.ForAsync(0, 1000, async (_, _) => (await stranger.Get("/orders")).ShouldBe(401));
        shop.Counted(Failures, "unknown key").ShouldBeGreaterThanOrEqualTo(1000);
        shop.Log.Count.ShouldBeInRange(10, 11 + (int)watch.Elapsed.TotalSeconds);

        (await shop.Second.Put("/products/tea-001", "{}")).ShouldBe(403);
        shop.Log[^1].ShouldContain("role missing, key second", customMessage: "a flood of one kind hides no other");
        shop.Log[^1].ShouldNotContain("; 0 more");
    }
}
