using OrderSaga.Storefront.Levels;

namespace OrderSaga.Storefront.Tests;

/// <summary>The stock levels of what pages show.</summary>
public sealed class LevelTests
{
    const string Slow = "Storefront:LevelIntervalMilliseconds=60000";

    [Theory]
    [InlineData(100, "in-stock")]
    [InlineData(6, "in-stock")]
    [InlineData(5, "few")]
    [InlineData(1, "few")]
    [InlineData(0, "sold-out")]
    [InlineData(null, "sold-out")]
    public async Task Availability_says_how_much_is_left(int? available, string availability)
    {
        await using var owners = await Owners.Selling("tea");
        if (available is { } pieces)
            owners.SetLevel("tea", pieces);
        await using var host = await StorefrontHost.StartReady(owners);
        (await host.Get("/shop/products/tea")).Availability.ShouldBe(availability);
    }

    [Fact]
    public async Task A_sale_is_shown_without_being_asked_for()
    {
        await using var owners = await Owners.Selling("tea");
        owners.SetLevel("tea", 9);
        await using var host = await StorefrontHost.StartReady(owners);
        var before = await host.Get("/shop/products/tea");
        owners.SetLevel("tea", 0);
        var after = await host.Shows("/shop/products/tea", page => page.Availability == "sold-out");
        after.Tag.ShouldNotBe(before.Tag);
    }

    /// <summary>All of them come while the first query is in progress.</summary>
    [Fact]
    public async Task A_herd_of_first_readers_costs_one_query_per_sku()
    {
        await using var owners = await Owners.Selling("tea", "mug");
        await using var host = await StorefrontHost.StartReady(owners, Slow, "Storefront:LevelWaitMilliseconds=10000");
        owners.Freeze();
        var herd = Enumerable.Range(0, 20_000).Select(number => Ask(host, number % 2 == 0 ? "tea" : "mug")).ToList();
        herd.ShouldAllBe(one => !one.IsCompleted);
        owners.Thaw();
        (await Task.WhenAll(herd)).ShouldAllBe(level => level!.Available == 0);
        owners.LevelQueryCount.ShouldBeLessThanOrEqualTo(2);

        static Task<Level?> Ask(StorefrontHost host, string sku) => host.Get<LevelWatch>().Of(sku, CancellationToken.None).AsTask();
    }

    [Fact]
    public async Task Without_levels_the_price_is_shown_with_a_gap()
    {
        await using var owners = await Owners.Selling("tea");
        owners.LevelFailure = 503;
        await using var host = await StorefrontHost.StartReady(owners, Slow);
        var page = await host.Get("/shop/products/tea");
        (page.Status, page.Price, page.Availability, page.CacheControl).ShouldBe((200, 100, null, "no-store"));
        page.Json["gaps"]!.ToJsonString().ShouldBe("""[{"source":"stock","reason":"answered 503"}]""");
        (await host.Get("/shop/products")).Json["gaps"]!.AsArray().Count.ShouldBe(1);
        await host.Becomes("degraded");
    }

    [Fact]
    public async Task A_level_that_is_too_old_is_a_gap()
    {
        await using var owners = await Owners.Selling("tea");
        owners.SetLevel("tea", 9);
        await using var host = await StorefrontHost.StartReady(owners);
        (await host.Get("/shop/products/tea")).Availability.ShouldBe("in-stock");
        owners.LevelFailure = 503;
        await host.Becomes("degraded");
        host.Clock.Advance(59);
        await host.Shows("/shop/products/tea", page => page is { Age: 59, Availability: "in-stock" });
        host.Clock.Advance(2);
        await host.Shows("/shop/products/tea", page => page is { Status: 200, Availability: null });
        owners.LevelFailure = null;
        await host.Shows("/shop/products/tea", page => page.Availability == "in-stock");
    }

    [Fact]
    public async Task A_page_waits_a_limited_time_for_a_level()
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners, Slow, "Storefront:LevelWaitMilliseconds=50");
        owners.Freeze();
        var page = await host.Get("/shop/products/tea");
        (page.Status, page.Availability).ShouldBe((200, null));
        owners.Thaw();
    }

    [Fact]
    public async Task Only_skus_that_pages_show_are_watched()
    {
        await using var owners = await Owners.Selling("tea", "mug");
        await using var host = await StorefrontHost.StartReady(owners);
        await host.Get("/shop/products/tea");
        var before = owners.LevelQueryCount;
        await Eventually.Holds("the level is read again", () => owners.LevelQueryCount > before + 2);
        owners.LevelQueries.ShouldAllBe(skus => skus.Length == 1 && skus[0] == "tea");
        host.Clock.Advance(11);
        await Eventually.Holds("nothing is watched", () => host.Get<LevelWatch>().Count == 0);
    }

    [Fact]
    public async Task Many_skus_are_read_in_queries_that_servers_accept()
    {
        var skus = Enumerable.Range(0, 100).Select(number => $"{number:000}-{new string('x', 60)}").ToArray();
        await using var owners = await Owners.Selling([.. skus, .. skus.Select(sku => "y" + sku[1..])]);
        await using var host = await StorefrontHost.StartReady(owners, Slow);
        var pages = await Task.WhenAll(host.Get("/shop/products?limit=100"), host.Get("/shop/products?skus=" + string.Join(',', skus.Take(100))));
        pages.ShouldAllBe(page => page.Json["gaps"]!.AsArray().Count == 0);
        owners.LevelQueries.ShouldAllBe(query => string.Join(',', query).Length < 7500);
    }

    [Fact]
    public async Task Beyond_the_limit_each_request_reads_its_levels()
    {
        await using var owners = await Owners.Selling("tea", "mug");
        await using var host = await StorefrontHost.StartReady(owners, "Storefront:MaxWatchedSkus=1");
        await host.Get("/shop/products/tea");
        owners.SetLevel("mug", 9);
        (await host.Get("/shop/products/mug")).Availability.ShouldBe("in-stock");
        owners.SetLevel("mug", 0);
        (await host.Get("/shop/products/mug")).Availability.ShouldBe("sold-out");
    }

    [Fact]
    public void The_level_whose_query_was_sent_later_stays()
    {
        var sku = new WatchedSku("tea");
        sku.Set(new Level(Available: 3, Since: 20));
        sku.Set(new Level(Available: 9, Since: 10));
        sku.Level!.Available.ShouldBe(3);
    }
}
