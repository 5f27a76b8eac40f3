using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Rates;

/// <summary>Rates of single keys, in the key file.</summary>
public sealed class KeyRateTests
{
    [Fact]
    public async Task A_key_can_have_rates_of_its_own()
    {
        await using var shop = await RateShop.Open(
            shop => shop.SetRates("first", """{"Place":{"PerSecond":1,"Burst":2},"Query":{"PerSecond":3}}"""), "--Rates:Place:KeyPerSecond=5");
        (await RateShop.Accepted(shop.First, 5)).ShouldBe(2);
        (await RateShop.Accepted(shop.Second, 15)).ShouldBe(10);
        (await shop.First.Get("/orders")).ShouldBe(200).Header("RateLimit-Policy").ShouldBe("\"queries\";q=6;w=2");
        (await shop.Second.Get("/orders")).ShouldBe(200).Header("RateLimit-Policy").ShouldBe("\"queries\";q=100;w=2");
    }

    [Fact]
    public async Task A_key_without_rates_has_those_of_the_settings()
    {
        await using var shop = await RateShop.Open(shop => shop.SetRates("second", """{"Place":{"PerSecond":1}}"""));
        (await RateShop.Accepted(shop.First, 30)).ShouldBe(30);
        (await RateShop.Accepted(shop.Second, 5)).ShouldBe(2);
    }

    [Fact]
    public async Task A_new_rate_counts_without_a_restart()
    {
        await using var shop = await RateShop.Open(shop => shop.SetRates("first", """{"Place":{"PerSecond":1,"Burst":2}}"""));
        (await RateShop.Accepted(shop.First, 5)).ShouldBe(2);
        shop.SetRates("first", """{"Place":{"PerSecond":1,"Burst":5}}""");
        await Eventually.Holds("the new burst counts", async () => await RateShop.Accepted(shop.First, 1) == 1);
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(2, "two of five were used before");
        shop.SetRates("first", null);
        await Eventually.Holds("the rate is gone", async () => await RateShop.Accepted(shop.First, 1) == 1);
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(10);
    }

    [Fact]
    public async Task Invalid_rates_leave_the_former_ones()
    {
        await using var shop = await RateShop.Open(shop => shop.SetRates("first", """{"Place":{"PerSecond":1,"Burst":2}}"""));
        shop.SetRates("first", """{"Place":{"PerSecond":"fast"}}""");
        await HealthBecomes(shop, "stale");
        (await RateShop.Accepted(shop.First, 5)).ShouldBe(2, "the key works, at its former rate");
        (await RateShop.Accepted(shop.Second, 5)).ShouldBe(5);

        shop.SetRates("first", """{"Place":{"PerSecond":1,"Burst":4}}""");
        await HealthBecomes(shop, "ready");
        shop.Clock.Advance(10);
        (await RateShop.Accepted(shop.First, 10)).ShouldBe(4);
    }

    [Fact]
    public async Task Invalid_rates_do_not_keep_a_revoked_key()
    {
        await using var shop = await RateShop.Open();
        ApiKeys.Rotate(shop.Directory, "first");
        shop.SetRates("first", """{"Place":{}}""");
        await Eventually.Holds("the old key is refused", async () =>
        {
            shop.Clock.Advance(1);
            return (await shop.First.Get("/orders")).Status == 401;
        });
        (await shop.Second.Get("/orders")).ShouldBe(200);
    }

    [Fact]
    public async Task Invalid_rates_stop_the_start() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => RateShop.Open(shop => shop.SetRates("first", """{"Place":{"PerSecond":0}}"""))))
            .Message.ShouldContain("the key 'first' is refused. Rates must be as in");

    [Fact]
    public async Task Settings_can_define_a_key_with_rates()
    {
        await using var shop = await RateShop.Open(
            [.. TestKeys.Define("third", "third", "os_third", Roles.Orders), "--ApiKeys:Keys:third:Rates:Query:PerSecond=7"]);
        var third = new Caller(shop.Host, "third", "os_third");
        (await third.Get("/orders")).ShouldBe(200).Header("RateLimit-Policy").ShouldBe("\"queries\";q=14;w=2");
    }

    /// <summary>What is broken for some seconds counts.</summary>
    static Task HealthBecomes(RateShop shop, string state) => Eventually.Holds($"the keys are {state}", async () =>
    {
        shop.Clock.Advance(1);
        return (string)(await shop.First.Get("/health/ready")).ShouldBe(200).Json["checks"]!["keys"]! == state;
    });
}
