using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Orders.Api.Tests.Rates;

/// <summary>How often orders are accepted over HTTP.</summary>
public sealed class PlacementRateTests
{
    [Fact]
    public async Task Without_a_rate_no_placement_is_refused()
    {
        await using var shop = await RateShop.Open();
        var answer = (await shop.First.Place("once")).ShouldBe(202);
        (answer.Header("RateLimit"), answer.Header("RateLimit-Policy")).ShouldBe((null, null));
        (await RateShop.Accepted(shop.First, 50)).ShouldBe(50);
    }

    [Fact]
    public async Task Without_a_rate_a_placement_costs_no_memory()
    {
        await using var shop = await RateShop.Open();
        using var scope = shop.Host.Services.CreateScope();
        var caller = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        caller.Request.Headers["X-Api-Key"] = shop.First.Key;
        var user = (await caller.AuthenticateAsync()).Principal!;
        var limits = shop.Host.Get<PlacementLimits>();
        limits.ChargeOf(user, "c-1").ShouldBeNull();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            limits.ChargeOf(user, "c-1");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public async Task After_the_burst_the_average_is_accepted()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=2", "--Rates:Place:KeyBurst=4");
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(4);
        shop.Clock.Advance(0.5);
        (await RateShop.Accepted(shop.First, 3)).ShouldBe(1);
        shop.Clock.Advance(1.5);
        (await RateShop.Accepted(shop.First, 5)).ShouldBe(3);
        shop.Clock.Advance(3600);
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(4);
        (await shop.Orders()).ShouldBe(12, "a refused request places nothing");
    }

    [Fact]
    public async Task A_refusal_says_when_to_return_and_what_is_left()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=2", "--Rates:Place:MerchantPerSecond=5");
        var first = (await shop.First.Place("key-1")).ShouldBe(202);
        first.Header("RateLimit-Policy").ShouldBe("\"placements\";q=2;w=2, \"placements of the merchant\";q=10;w=2");
        first.Header("RateLimit").ShouldBe("\"placements\";r=1;t=1, \"placements of the merchant\";r=9;t=1");
        (await shop.First.Place("key-2")).ShouldBe(202);

        var refused = (await shop.First.Place("key-3")).ShouldBeProblem(429, "too-many-requests");
        refused.Header("Retry-After").ShouldBe("1");
        refused.Header("RateLimit").ShouldBe("\"placements\";r=0;t=1, \"placements of the merchant\";r=8;t=1");
        refused.Json["violated-policies"]!.ToJsonString().ShouldBe("[\"placements\"]");
        ((string)refused.Json["detail"]!).ShouldContain("placements (1 a second on average, 2 at once). Nothing was placed.");
    }

    [Fact]
    public async Task Two_keys_of_a_merchant_have_a_rate_each()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=3");
        (await RateShop.Accepted(shop.First, 5)).ShouldBe(3);
        (await RateShop.Accepted(shop.Second, 5)).ShouldBe(3);
    }

    [Fact]
    public async Task Two_keys_of_a_merchant_share_its_rate()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MerchantPerSecond=1", "--Rates:Place:MerchantBurst=3");
        (await RateShop.Accepted(shop.First, 2)).ShouldBe(2);
        (await RateShop.Accepted(shop.Second, 5)).ShouldBe(1);
        (await RateShop.Accepted(shop.Other, 5)).ShouldBe(3);
    }

    [Fact]
    public async Task All_callers_share_the_rate_of_the_endpoint()
    {
        await using var shop = await RateShop.Open("--Rates:Place:EndpointPerSecond=1", "--Rates:Place:EndpointBurst=3");
        (await RateShop.Accepted(shop.First, 2)).ShouldBe(2);
        (await RateShop.Accepted(shop.Other, 5)).ShouldBe(1);
        var refused = (await shop.First.Place("key")).ShouldBeProblem(429, "too-many-requests");
        refused.Header("RateLimit").ShouldBeNull("the others' use is not for this caller");
        ((string)refused.Json["detail"]!).ShouldStartWith("Over the limit of placements of the endpoint.");
    }

    [Fact]
    public async Task A_repeated_order_is_never_refused_and_costs_nothing()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=2", "--Rates:Place:MaxPerCustomer=2");
        var body = RateShop.OrderOf("c-1");
        var first = (await shop.First.Place("key-0", body)).ShouldBe(202);
        (await Repeated()).ShouldBe(10);
        (await RateShop.Accepted(shop.First, 3)).ShouldBe(1, "the repeats took nothing");

        (await Repeated()).ShouldBe(10);
        shop.Clock.Advance(1);
        (await Repeated()).ShouldBe(10);
        (await RateShop.Accepted(shop.First, 3, body)).ShouldBe(1, "the repeats took nothing");
        (await Repeated()).ShouldBe(10);
        (await shop.First.Place("key-0")).ShouldBeProblem(422, "idempotency-key-reused");

        async Task<int> Repeated()
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => shop.First.Place("key-0", body)));
            return answers.Count(answer => answer.Status == 202 && answer.Header("Idempotency-Replayed") == "true" && answer.Text == first.Text);
        }
    }

    [Fact]
    public async Task A_refused_or_invalid_order_costs_nothing()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=2");
        for (var i = 0; i < 5; i++)
        {
            (await shop.First.Place(Caller.NewKey(), "{}")).ShouldBe(400);
            (await shop.First.Place(Caller.NewKey(), Caller.Order.Replace("tea-001", "no-such-001", StringComparison.Ordinal))).ShouldBe(422);
        }

        (await RateShop.Accepted(shop.First, 20)).ShouldBe(2);
        shop.Clock.Advance(1);
        (await RateShop.Accepted(shop.First, 20)).ShouldBe(1, "a refusal does not delay the next permit");
    }

    [Fact]
    public async Task An_order_refused_by_another_limit_costs_nothing()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=10", "--Orders:PlacementBatchSize=1",
            "--Orders:MaxOrdersInProgress=2");
        (await shop.First.Place("key-1")).ShouldBe(202).Header("RateLimit").ShouldBe("\"placements\";r=9;t=1");
        for (var i = 0; i < 5; i++)
            (await shop.First.Place(Caller.NewKey())).ShouldBeProblem(429, "too-many-orders");
        var placed = await shop.Host.Read(db => db.Orders.Select(order => order.CorrelationId).SingleAsync());
        await shop.Host.Drive(placed, OrderStates.Completed, "StockConfirmed", order => order.NextRetryAt = null);

        await Eventually.Holds("there is room again", async () => (await shop.First.Place("key-2")).Status == 202);
        (await shop.First.Place("key-2")).ShouldBe(202).Header("RateLimit").ShouldBe("\"placements\";r=8;t=1");
    }

    [Fact]
    public async Task Concurrent_orders_never_exceed_the_burst()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=10", "--Rates:Place:KeyBurst=25");
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => shop.First.Place($"key-{i}")));
        answers.Count(answer => answer.Status == 202).ShouldBe(25);
        answers.Count(answer => answer.Status == 429).ShouldBe(75);
    }

    [Fact]
    public async Task A_jump_of_the_time_of_day_changes_no_rate()
    {
        await using var shop = await RateShop.Open("--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=2");
        (await RateShop.Accepted(shop.First, 3)).ShouldBe(2);
        foreach (var hours in (int[])[1, -2])
        {
            shop.Clock.Jump = TimeSpan.FromHours(hours);
            (await RateShop.Accepted(shop.First, 2)).ShouldBe(0);
        }

        shop.Clock.Advance(1);
        (await RateShop.Accepted(shop.First, 2)).ShouldBe(1);
    }
}
