using OrderSaga.Platform.Common;
using System.Diagnostics.Metrics;

namespace OrderSaga.Storefront.Tests;

/// <summary>The pages over HTTP.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task A_page_has_price_availability_version_and_tag()
    {
        await using var owners = await Owners.Selling("tea");
        owners.SetLevel("tea", 9);
        await using var host = await StorefrontHost.StartReady(owners);
        var page = await host.Get("/shop/products/tea");
        page.Text.ShouldBe("""
            {"product":{"sku":"tea","name":"tea","unitPrice":100,"currency":"EUR","availability":"in-stock","version":1},"gaps":[]}
            """);
        (page.Age, page.CacheControl).ShouldBe((0, "no-cache, private"));
        (await host.Get("/shop/products/tea", page.Tag)).Status.ShouldBe(304);
        (await host.Get("/shop/products/tea", "\"other\"")).Status.ShouldBe(200);
        var list = await host.Get("/shop/products?skus=tea");
        (await host.Get("/shop/products?skus=tea", list.Tag)).Status.ShouldBe(304);
    }

    [Fact]
    public async Task Two_processes_give_a_page_the_same_tag()
    {
        await using var owners = await Owners.Selling("tea");
        await using var one = await StorefrontHost.StartReady(owners);
        await using var other = await StorefrontHost.StartReady(owners);
        (await one.Get("/shop/products/tea")).Tag.ShouldBe((await other.Get("/shop/products/tea")).Tag);
    }

    [Fact]
    public async Task Pages_list_every_product_once_sorted_by_sku()
    {
        string[] skus = ["b", "a-1", "a", "a.1", "a_1", "1-a", "c"];
        await using var owners = await Owners.Selling(skus);
        await using var host = await StorefrontHost.StartReady(owners);
        var (seen, path) = (new List<string>(), "/shop/products?limit=3");
        while (path is not null)
        {
            var page = await host.Get(path);
            seen.AddRange(page.Skus);
            path = (string?)page.Json["nextCursor"] is { } cursor ? $"/shop/products?limit=3&cursor={cursor}" : null;
        }

        seen.ShouldBe(skus.Order(StringComparer.Ordinal));
        (await host.Get("/shop/products?skus=c,a,x,c")).Skus.ShouldBe(["c", "a"]);
    }

    [Theory]
    [InlineData("/shop/products/Tea", 400, "invalid-sku")]
    [InlineData("/shop/products?limit=0", 400, "invalid-parameter")]
    [InlineData("/shop/products?cursor=x", 400, "invalid-cursor")]
    [InlineData("/shop/products?skus=", 400, "invalid-parameter")]
    [InlineData("/shop/products?skus=tea,", 400, "invalid-parameter")]
    [InlineData("/shop/products?skus=tea&limit=5", 400, "invalid-parameter")]
    [InlineData("/shop/products?sku=tea", 400, "unknown-parameter")]
    public async Task An_invalid_query_gets_a_problem(string path, int status, string problem)
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        var page = await host.Get(path);
        (page.Status, page.Problem).ShouldBe((status, problem), page.Text);
    }

    [Fact]
    public async Task A_query_takes_at_most_100_skus()
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        var skus = Enumerable.Range(0, 101).Select(number => $"s{number}").ToList();
        (await host.Get("/shop/products?skus=" + string.Join(',', skus.Take(100)))).Status.ShouldBe(200);
        (await host.Get("/shop/products?skus=" + string.Join(',', skus))).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Pages_require_a_key_of_a_shop()
    {
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        foreach (var (key, status) in new[]
        {
            (null, 401), (TestKeys.Of(Roles.Orders), 200), (TestKeys.Of(Roles.Catalogue), 200), (TestKeys.Of(Roles.Query), 403),
            (TestKeys.Of(Roles.Stock), 403),
        })
        {
            using var client = host.Client(key);
            using var answer = await client.GetAsync("/shop/products/tea");
            ((int)answer.StatusCode).ShouldBe(status, key);
        }
    }

    [Theory]
    [InlineData("Storefront:OrdersUrl=orders", "Storefront:OrdersUrl must be an absolute http or https URL")]
    [InlineData("Storefront:StockUrl=ftp://x", "Storefront:StockUrl must be an absolute http or https URL")]
    [InlineData("Storefront:Key=", "Set Storefront:Key")]
    [InlineData("Storefront:HardSeconds=1", "Storefront:HardSeconds must be StaleSeconds to 86400")]
    [InlineData("Storefront:Hardseconds2=1", "Storefront:Hardseconds2 is not a setting")]
    public async Task Invalid_settings_stop_the_start(string setting, string reason)
    {
        await using var owners = await Owners.Selling("tea");
        (await Should.ThrowAsync<InvalidOperationException>(() => StorefrontHost.Start(owners, setting))).Message.ShouldStartWith(reason);
    }

    [Fact]
    public async Task Reads_are_counted_by_their_source()
    {
        Dictionary<string, int> counts = [];
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == Instruments.Name && instrument.Name == "ordersaga.reads")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (counts)
                counts[(string)tags[1].Value!] = counts.GetValueOrDefault((string)tags[1].Value!) + 1;
        });
        await using var owners = await Owners.Selling("tea");
        await using var host = await StorefrontHost.StartReady(owners);
        listener.Start();
        await host.Get("/shop/products/tea");
        await host.Get("/shop/products/tea");
        owners.LevelFailure = owners.PriceFailure = 503;
        await Eventually.Holds("both feeds stand", async () => (string)(await host.Health())["checks"]!["levels"]! == "degraded");
        host.Clock.Advance(5);
        await host.Shows("/shop/products/tea", page => page.Age == 5);
        host.Clock.Advance(60);
        await host.Get("/shop/products/tea");
        foreach (var source in new[] { "owner", "memory", "stale", "none" })
            counts.GetValueOrDefault(source).ShouldBeGreaterThan(0, source);
    }
}
