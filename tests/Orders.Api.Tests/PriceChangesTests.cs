namespace Orders.Api.Tests;

/// <summary>What changed in the price list, for copies of it.</summary>
public sealed class PriceChangesTests
{
    public static IEnumerable<object[]> Modes => Mode.Databases();

    [Theory, MemberData(nameof(Modes))]
    public async Task Every_change_has_a_version_of_its_own(Mode mode)
    {
        await using var shop = await PriceShop.Start(mode);
        (await shop.Changes(0))["version"]!.GetValue<long>().ShouldBe(0);
        await shop.Catalogue.Price("tea", 100);
        await shop.Catalogue.Price("mug", 200);
        await shop.Catalogue.Price("tea", 150);
        await shop.Catalogue.Price("tea", 150);

        const string Mug = """{"sku":"mug","name":"mug","unitPrice":200,"currency":"EUR","version":2}""";
        const string Tea = """{"sku":"tea","name":"tea","unitPrice":150,"currency":"EUR","version":3}""";
        (await shop.Changes(0)).ToJsonString().ShouldBe($$"""{"version":3,"items":[{{Mug}},{{Tea}}],"more":false}""");
        (await shop.Changes(2))["items"]!.AsArray().Count.ShouldBe(1);
        (await shop.Changes(3)).ToJsonString().ShouldBe("""{"version":3,"items":[],"more":false}""");
    }

    /// <summary>A reader that asks for what is new after each answer has seen everything at the end.</summary>
    [Theory, MemberData(nameof(Modes))]
    public async Task No_change_is_committed_behind_a_reader(Mode mode)
    {
        await using var shop = await PriceShop.Start(mode);
        var writers = Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (var price = 1; price <= 15; price++)
                await shop.Catalogue.Price($"sku-{(writer + price) % 10}", (writer * 100) + price);
        }));
        var (copy, version, reads) = (new Dictionary<string, long>(), 0L, 0);
        for (var last = false; ; reads++)
        {
            var page = await shop.Changes(version);
            foreach (var item in page["items"]!.AsArray())
            {
                ((long)item!["version"]!).ShouldBeGreaterThan(version);
                copy[(string)item["sku"]!] = (long)item["unitPrice"]!;
            }

            version = (long)page["version"]!;
            if (last)
                break;
            last = writers.IsCompleted;
        }

        await writers;
        reads.ShouldBeGreaterThan(2);
        version.ShouldBe(8 * 15);
        copy.ShouldBe(await shop.Host.Read(db => db.Products.ToDictionaryAsync(product => product.Sku, product => product.UnitPrice)), ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task A_long_list_is_read_in_pages(Mode mode)
    {
        await using var shop = await PriceShop.Start(mode);
        await shop.Catalogue.Price("first", 1);
        await shop.Host.Unit.Run(async work =>
        {
            var list = await PriceList.Lock(work);
            for (var number = 0; number < 1000; number++)
            {
                var product = new Product { Sku = $"sku-{number}", Name = "x", UnitPrice = 1, Currency = "EUR", Version = 1, UpdatedAt = DateTime.UnixEpoch };
                list.Stamp(product);
                work.Db.Add(product);
            }
        });

        var page = await shop.Changes(0);
        (page["more"]!.GetValue<bool>(), page["items"]!.AsArray().Count, (string)page["items"]![0]!["sku"]!).ShouldBe((true, 1000, "first"));
        var rest = await shop.Changes((long)page["items"]![999]!["version"]!);
        (rest["more"]!.GetValue<bool>(), rest["items"]!.AsArray().Count, (long)rest["version"]!).ShouldBe((false, 1, 1001));
    }

    [Fact]
    public async Task Only_services_and_operators_read_changes()
    {
        await using var shop = await PriceShop.Start(Mode.Embedded);
        (await shop.Catalogue.Get("/price-list/changes")).ShouldBeProblem(403, "forbidden");
        foreach (var after in new[] { "-1", "x", "1.5", "" })
            (await shop.Service.Get("/price-list/changes?after=" + after)).ShouldBeProblem(400, "invalid-parameter");
    }

    /// <summary>A price list of its own: in the shared installation other tests change prices.</summary>
    sealed class PriceShop : IAsyncDisposable
    {
        Installation installation = null!;

        public ApiHost Host { get; private set; } = null!;

        public Caller Catalogue => new(Host, "acme", TestKeys.Of(OrderSaga.Platform.Http.Roles.Catalogue));

        public Caller Service => new(Host, "acme", TestKeys.Of(OrderSaga.Platform.Http.Roles.Query));

        public static async Task<PriceShop> Start(Mode mode)
        {
            var fresh = await mode.Fresh("orders");
            return new PriceShop { installation = fresh, Host = await ApiHost.Start(fresh, withBus: false, [.. TestKeys.Settings]) };
        }

        public async Task<JsonNode> Changes(long after) => (await Service.Get($"/price-list/changes?after={after}")).ShouldBe(200).Json;

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await installation.DisposeAsync();
        }
    }
}
