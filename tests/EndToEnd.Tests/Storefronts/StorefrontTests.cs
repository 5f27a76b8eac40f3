namespace EndToEnd.Tests;

/// <summary>Storefronts beside a running system, watched by a third party.</summary>
public sealed class StorefrontTests(Fleet fleet) : Scenario(fleet)
{
    const int Storefronts = 3;
    static readonly TimeSpan MaxPriceAge = TimeSpan.FromSeconds(1);
    static readonly TimeSpan MaxLevelAge = TimeSpan.FromSeconds(1.2);

    readonly List<ServiceProcess> fronts = [];
    long price = Shop.UnitPrice;

    /// <summary>A price changes each second and the last piece of a sku is sold, while all Storefronts are read all the time.</summary>
    [Theory, MemberData(nameof(Mode.Widest), MemberType = typeof(Mode))]
    public async Task Pages_show_every_change_within_the_bounds(Mode mode)
    {
        using var shop = await On(mode);
        var (tea, reader) = await Open(shop);
        try
        {
            var seen = await reader.During(async () =>
            {
                for (var round = 0; round < 10; round++)
                {
                    var last = await shop.NewSku(1);
                    reader.Show(last);
                    await Change(shop, tea, reader);
                    await reader.Reads(TimeSpan.FromMilliseconds(700));
                    await shop.Place(last, 1, "tok_ok", wait: 0);
                    await Eventually.Holds("the last piece is reserved", async () => (await shop.LevelOf(last)).Available == 0);
                    reader.SoldOut(last);
                    await reader.Reads(TimeSpan.FromMilliseconds(1500));
                }
            });
            Say($"{seen.Count} reads; oldest price {seen.Max(one => one.PriceStaleness)}, oldest level {seen.Max(one => one.LevelStaleness)}");
            seen.Count.ShouldBeGreaterThan(1000);
            seen.ShouldAllBe(one => one.Status == 200);
            seen.Count(one => one.PriceStaleness > MaxPriceAge).ShouldBe(0);
            seen.Count(one => one.LevelStaleness > MaxLevelAge).ShouldBe(0);
            seen.Count(one => one.IsOlderThanItSays).ShouldBe(0);
        }
        finally
        {
            await Close();
        }
    }

    /// <summary>The owner that the Storefronts ask is frozen; on servers another process of it changes the price meanwhile.</summary>
    [Theory, MemberData(nameof(Mode.Widest), MemberType = typeof(Mode))]
    public async Task Pages_say_how_old_they_are_while_an_owner_is_away(Mode mode)
    {
        using var shop = await On(mode);
        var (tea, reader) = await Open(shop);
        var owner = shop.System.Of("Orders.Api");
        await using var other = mode.Transport == "RabbitMq" ? shop.System.Twin("Orders.Api") : null;
        try
        {
            other?.Start();
            await (other?.Ready() ?? Task.CompletedTask);
            var seen = await reader.During(async () =>
            {
                await owner.Signal("STOP");
                if (other is not null)
                    await Change(shop, tea, reader, other.Url);
                await reader.Reads(TimeSpan.FromSeconds(5));
                await owner.Signal("CONT");
                await reader.Reads(TimeSpan.FromSeconds(2));
                await owner.Kill();
                await reader.Reads(TimeSpan.FromSeconds(4));
                owner.Start();
                await owner.Ready();
                await Change(shop, tea, reader);
                await reader.Reads(TimeSpan.FromSeconds(2));
            });
            Say($"{seen.Count} reads; oldest price {seen.Max(one => one.PriceStaleness)}, greatest Age {seen.Max(one => one.Age)}");
            seen.ShouldAllBe(one => one.Status == 200);
            seen.Max(one => one.Age).ShouldBeGreaterThanOrEqualTo(4);
            seen.Count(one => one.IsOlderThanItSays).ShouldBe(0);
            await Eventually.Becomes("the pages are fresh again", () => reader.During(() => reader.Reads(TimeSpan.FromSeconds(1))),
                fresh => fresh.All(one => one.Age == 0));
        }
        finally
        {
            await owner.Signal("CONT");
            await Close();
            await shop.System.AllUp();
        }
    }

    [Theory, MemberData(nameof(Mode.Widest), MemberType = typeof(Mode))]
    public async Task A_storefront_without_its_owner_is_not_ready(Mode mode)
    {
        using var shop = await On(mode);
        var tea = await shop.NewSku(1);
        await shop.System.Of("Orders.Api").Stop();
        await using var front = shop.System.Storefront(".alone");
        front.Start();
        await Eventually.Holds("it answers", async () => await front.Health() is not null);
        (await front.Health()).ShouldBe("unavailable");
        (await Status(front, tea)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        await shop.System.AllUp();
        await front.Ready();
        (await Status(front, tea)).ShouldBe(HttpStatusCode.OK);

        async Task<HttpStatusCode> Status(ServiceProcess process, string sku)
        {
            using var http = new HttpClient { BaseAddress = process.Url };
            http.DefaultRequestHeaders.Add("X-Api-Key", shop.System.ApiKey);
            using var answer = await http.GetAsync($"shop/products/{sku}");
            return answer.StatusCode;
        }
    }

    async Task<(string Sku, StalenessReader Reader)> Open(Shop shop)
    {
        var tea = await shop.NewSku(1000);
        for (var number = 1; number <= Storefronts; number++)
            fronts.Add(shop.System.Storefront($".{number}"));
        foreach (var front in fronts)
        {
            front.Start();
            await front.Ready();
        }

        return (tea, new StalenessReader(fronts, shop.System.ApiKey, tea));
    }

    async Task Change(Shop shop, string sku, StalenessReader reader, Uri? process = null)
    {
        await shop.SetPrice(sku, ++price, process);
        reader.Committed(price);
    }

    async Task Close()
    {
        foreach (var front in fronts)
            await front.DisposeAsync();
    }
}
