namespace OrderSaga.Storefront.Tests;

/// <summary>The copy of the price list.</summary>
public sealed class PriceTests
{
    [Fact]
    public async Task A_copy_is_shown_only_when_it_is_whole()
    {
        await using var owners = await Owners.Selling("a", "b", "c", "d", "e");
        owners.PageSize = 2;
        owners.BeforePage = after => owners.PriceFailure = after >= 4 ? 500 : null;
        await using var host = await StorefrontHost.Start(owners);
        await Eventually.Holds("the last page was asked for", () => owners.PriceFailure == 500);

        var page = await host.Get("/shop/products/a");
        (page.Status, page.Problem).ShouldBe((503, "prices-unavailable"));
        (await host.Get("/shop/products")).Status.ShouldBe(503);
        await host.Becomes("unavailable");

        owners.BeforePage = _ => owners.PriceFailure = null;
        await host.Becomes("ready");
        (await host.Get("/shop/products")).Skus.ShouldBe(["a", "b", "c", "d", "e"]);
    }

    /// <summary>An entry that changes moves to the end of the list, behind or before the page that is read next.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Changes_while_a_copy_is_read_are_not_missed(int seed)
    {
        var random = new Random(seed);
        var skus = Enumerable.Range(0, 60).Select(number => $"sku-{number:00}").ToArray();
        await using var owners = await Owners.Selling(skus);
        owners.PageSize = 7;
        var left = 200;
        owners.BeforePage = _ =>
        {
            for (var changes = random.Next(7); changes > 0 && left > 0; changes--, left--)
                owners.SetPrice(random.Next(5) == 0 ? $"new-{left:000}" : skus[random.Next(skus.Length)], random.Next(1, 1000));
        };
        await using var host = await StorefrontHost.StartReady(owners);
        await Eventually.Holds("all changes were made", () => left == 0);
        await Eventually.Becomes("the copy equals the list", () => AllPrices(host),
            copy => copy.OrderBy(entry => entry.Key).SequenceEqual(owners.Prices().OrderBy(entry => entry.Key)));
    }

    [Fact]
    public async Task A_new_price_is_shown_without_being_asked_for()
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        var before = await host.Get("/shop/products/tea");
        owners.SetPrice("tea", 250);
        var after = await host.Shows("/shop/products/tea", page => page.Price == 250);
        ((long)after.Product["version"]!).ShouldBe((long)before.Product["version"]! + 1);
        after.Tag.ShouldNotBe(before.Tag);
    }

    [Fact]
    public async Task An_unknown_sku_is_unknown_without_a_query()
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        var page = await host.Get("/shop/products/coffee");
        (page.Status, page.Problem).ShouldBe((404, "product-not-found"));
        (await host.Get("/shop/products?skus=coffee,tea")).Json["unknown"]!.ToJsonString().ShouldBe("""["coffee"]""");
        owners.LevelQueries.SelectMany(skus => skus).ShouldNotContain("coffee");
        owners.SetPrice("coffee", 300);
        await host.Shows("/shop/products/coffee", found => found.Status == 200);
    }

    /// <summary>A process that is stopped accepts requests and does not answer.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Prices_of_an_owner_that_is_away_grow_old(bool isFrozen)
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners, "Storefront:TimeoutMilliseconds=100");
        await host.Shows("/shop/products/tea", page => page is { Age: 0, Availability: "sold-out" });
        await Leave();
        host.Clock.Advance(3);
        await host.Shows("/shop/products/tea", page => page is { Status: 200, Age: 3, Price: 100 });
        await host.Becomes("degraded");

        host.Clock.Advance(58);
        var old = await host.Get("/shop/products/tea");
        (old.Status, old.Problem).ShouldBe((503, "prices-unavailable"));
        await host.Becomes("unavailable");

        owners.SetPrice("tea", 101);
        Return();
        await host.Becomes("ready");
        (await host.Get("/shop/products/tea")).Price.ShouldBe(101);

        async Task Leave()
        {
            if (isFrozen)
                owners.Freeze();
            else
                owners.PriceFailure = owners.LevelFailure = 503;
            await Eventually.Holds("the feed has noticed", async () => (string)(await host.Health())["checks"]!["levels"]! == "degraded");
        }

        void Return()
        {
            owners.PriceFailure = owners.LevelFailure = null;
            owners.Thaw();
        }
    }

    [Fact]
    public async Task A_restored_price_list_replaces_the_copy()
    {
        await using var owners = await Owners.Selling("tea", "mug");
        owners.SetPrice("tea", 500);
        await using var host = await StorefrontHost.StartReady(owners);
        owners.Restore("tea", 90);
        await host.Shows("/shop/products/tea", page => page.Price == 90);
        (await host.Get("/shop/products")).Skus.ShouldBe(["tea"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"version":9,"items":null,"more":false}""")]
    [InlineData("""{"version":9,"more":false}""")]
    [InlineData("<html>hello</html>")]
    public async Task An_answer_that_is_no_list_does_not_empty_the_shop(string text)
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        var queries = 0;
        owners.BeforePage = _ => queries++;
        owners.PriceText = text;
        await Eventually.Holds("the feed has read", () => queries > 2);
        (await host.Get("/shop/products")).Skus.ShouldBe(["tea"]);
    }

    static async Task<Dictionary<string, long>> AllPrices(StorefrontHost host)
    {
        var (found, path) = (new Dictionary<string, long>(), "/shop/products?limit=100");
        while (path is not null)
        {
            var page = (await host.Get(path)).Json;
            foreach (var item in page["items"]!.AsArray())
                found.Add((string)item!["sku"]!, (long)item["unitPrice"]!);
            path = (string?)page["nextCursor"] is { } cursor ? $"/shop/products?limit=100&cursor={cursor}" : null;
        }

        return found;
    }
}
