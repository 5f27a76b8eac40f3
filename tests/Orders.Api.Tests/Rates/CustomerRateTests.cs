namespace Orders.Api.Tests.Rates;

/// <summary>How many orders of one customer are accepted within a time, as in a flash sale.</summary>
public sealed class CustomerRateTests
{
    [Fact]
    public async Task A_customer_has_few_orders_within_the_window()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MaxPerCustomer=2", "--Rates:Place:CustomerWindowSeconds=10");
        var bot = RateShop.OrderOf("bot");
        (await RateShop.Accepted(shop.First, 1, bot)).ShouldBe(1);
        shop.Clock.Advance(4);
        (await RateShop.Accepted(shop.Second, 5, bot)).ShouldBe(1, "keys of the merchant know the same customers");
        var refused = (await shop.First.Place("key", bot)).ShouldBeProblem(429, "too-many-requests");
        refused.Header("Retry-After").ShouldBe("6");
        refused.Header("RateLimit-Policy").ShouldBe("\"placements of the customer\";q=2;w=10");
        refused.Header("RateLimit").ShouldBe("\"placements of the customer\";r=0;t=6");

        shop.Clock.Advance(5.9);
        (await RateShop.Accepted(shop.First, 1, bot)).ShouldBe(0);
        shop.Clock.Advance(0.1);
        (await RateShop.Accepted(shop.First, 5, bot)).ShouldBe(1, "the first order is ten seconds old, the second is not");
    }

    [Fact]
    public async Task A_bot_does_not_use_up_what_other_customers_have()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MaxPerCustomer=1", "--Rates:Place:KeyPerSecond=1", "--Rates:Place:KeyBurst=5");
        (await RateShop.Accepted(shop.First, 10, RateShop.OrderOf("bot"))).ShouldBe(1);
        (await RateShop.Accepted(shop.First, 1, RateShop.OrderOf("honest"))).ShouldBe(1);
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(3, "the refused orders took nothing of the key's five");
    }

    [Fact]
    public async Task Customers_of_two_merchants_are_not_the_same()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MaxPerCustomer=1");
        (await RateShop.Accepted(shop.First, 3, RateShop.OrderOf("c-1"))).ShouldBe(1);
        (await RateShop.Accepted(shop.Other, 3, RateShop.OrderOf("c-1"))).ShouldBe(1);
    }

    [Fact]
    public async Task Orders_without_a_customer_have_no_window()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MaxPerCustomer=1");
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(10);
    }

    [Fact]
    public async Task Concurrent_orders_of_a_customer_never_exceed_its_window()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MaxPerCustomer=3");
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => shop.First.Place($"key-{i}", RateShop.OrderOf("bot"))));
        answers.Count(answer => answer.Status == 202).ShouldBe(3);
        (await shop.Orders()).ShouldBe(3);
    }

    [Fact]
    public async Task Invented_customers_do_not_shut_out_an_honest_one()
    {
        await using var shop = await RateShop.Open("--Rates:Place:MaxPerCustomer=1", "--Rates:MaxCallers=1000");
        foreach (var chunk in Enumerable.Range(0, 1500).Chunk(100))
        {
            var answers = await Task.WhenAll(chunk.Select(i => shop.First.Place($"key-{i}", RateShop.OrderOf($"invented-{i}"))));
            answers.ShouldAllBe(answer => answer.Status == 202);
        }

        (await RateShop.Accepted(shop.First, 3, RateShop.OrderOf("honest"))).ShouldBe(1);
    }
}
