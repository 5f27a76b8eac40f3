namespace Orders.Api.Tests.Rates;

/// <summary>How often queries are accepted, and what they cost.</summary>
public sealed class QueryRateTests
{
    [Fact]
    public async Task Without_settings_a_key_has_a_burst_of_a_hundred()
    {
        await using var shop = await RateShop.Open();
        for (var i = 1; i <= 100; i++)
            (await shop.First.Get("/orders?limit=100")).ShouldBe(200).Header("RateLimit").ShouldBe($"\"queries\";r={100 - i};t=1");
        var refused = (await shop.First.Get("/orders")).ShouldBeProblem(429, "too-many-requests");
        (refused.Header("Retry-After"), refused.Header("RateLimit-Policy")).ShouldBe(("1", "\"queries\";q=100;w=2"));
        (await shop.Second.Get("/orders")).ShouldBe(200);
        shop.Clock.Advance(0.02);
        (await shop.First.Get("/orders")).ShouldBe(200);
        (await shop.First.Get("/orders")).ShouldBe(429);
    }

    [Fact]
    public async Task A_large_page_costs_more_than_a_small_one()
    {
        await using var shop = await RateShop.Open("--Rates:Query:KeyPerSecond=1", "--Rates:Query:KeyBurst=20", "--Rates:Query:ItemsPerQuery=10");
        (await Left("/orders?limit=100")).ShouldBe("\"queries\";r=10;t=1");
        (await Left("/orders?limit=1")).ShouldBe("\"queries\";r=9;t=1");
        (await Left("/orders?limit=11")).ShouldBe("\"queries\";r=7;t=1");
        (await Left("/orders")).ShouldBe("\"queries\";r=2;t=1");
        (await Left("/webhook-endpoints?limit=5")).ShouldBe("\"queries\";r=1;t=1");
        var refused = (await shop.First.Get("/orders?limit=100")).ShouldBeProblem(429, "too-many-requests");
        refused.Header("Retry-After").ShouldBe("9");
        (await Left("/orders?limit=10")).ShouldBe("\"queries\";r=0;t=1");

        async Task<string?> Left(string path) => (await shop.First.Get(path)).ShouldBe(200).Header("RateLimit");
    }

    [Fact]
    public async Task A_page_over_the_burst_takes_all_of_it()
    {
        await using var shop = await RateShop.Open("--Rates:Query:KeyPerSecond=1", "--Rates:Query:KeyBurst=5", "--Rates:Query:ItemsPerQuery=1");
        (await shop.First.Get("/orders?limit=100")).ShouldBe(200);
        (await shop.First.Get("/orders?limit=1")).ShouldBe(429);
        shop.Clock.Advance(5);
        (await shop.First.Get("/orders?limit=100")).ShouldBe(200);
    }

    [Fact]
    public async Task Two_keys_of_a_merchant_share_its_queries()
    {
        await using var shop = await RateShop.Open("--Rates:Query:MerchantPerSecond=1", "--Rates:Query:MerchantBurst=3");
        (await shop.First.Get("/orders")).ShouldBe(200);
        (await shop.Second.Get("/orders")).ShouldBe(200);
        (await shop.First.Get("/products")).ShouldBe(200);
        var refused = (await shop.Second.Get("/orders")).ShouldBeProblem(429, "too-many-requests");
        refused.Json["violated-policies"]!.ToJsonString().ShouldBe("[\"queries of the merchant\"]");
        (await shop.Other.Get("/orders")).ShouldBe(200).Header("RateLimit").ShouldBe("\"queries\";r=99;t=1, \"queries of the merchant\";r=2;t=1");
    }

    [Fact]
    public async Task All_callers_share_the_rate_of_an_endpoint()
    {
        await using var shop = await RateShop.Open("--Rates:Query:EndpointPerSecond=1", "--Rates:Query:EndpointBurst=2", "--Rates:Query:KeyPerSecond=0");
        (await shop.First.Get("/orders")).ShouldBe(200);
        (await shop.Other.Get("/orders")).ShouldBe(200).Header("RateLimit").ShouldBeNull();
        (await shop.Other.Get("/orders")).ShouldBeProblem(429, "too-many-requests").Header("RateLimit").ShouldBeNull();
        (await shop.Other.Get("/products")).ShouldBe(200);
    }

    [Fact]
    public async Task The_rate_0_limits_no_query()
    {
        await using var shop = await RateShop.Open("--Rates:Query:KeyPerSecond=0");
        for (var i = 0; i < 150; i++)
            (await shop.First.Get("/webhook-endpoints")).ShouldBe(200).Header("RateLimit-Policy").ShouldBeNull();
    }

    [Fact]
    public async Task An_invalid_limit_is_a_mistake_of_the_caller()
    {
        await using var shop = await RateShop.Open();
        (await shop.First.Get("/orders?limit=1000")).ShouldBeProblem(400, "invalid-parameter");
    }
}
