using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Storefront.Tests;

/// <summary>A Storefront whose clock the test moves. Its feeds ask often, in real time.</summary>
public sealed class StorefrontHost(Installation installation, ElapsedClock clock) : ServiceHost(installation, owned: true)
{
    HttpClient? shop;

    /// <summary>A shop's caller.</summary>
    public HttpClient Shop => shop ??= Client(TestKeys.Of(Roles.Orders));

    public ElapsedClock Clock => clock;

    public static async Task<StorefrontHost> Start(Owners owners, params string[] settings)
    {
        var host = new StorefrontHost(await Mode.Embedded.Fresh(), new ElapsedClock());
        try
        {
            host.Build([
                .. TestKeys.Settings, $"Storefront:OrdersUrl={owners.Root}", $"Storefront:StockUrl={owners.Root}", "Storefront:Key=a-key",
                "Storefront:PriceIntervalMilliseconds=20", "Storefront:LevelIntervalMilliseconds=20", .. settings,
            ]);
            await host.StartAlone();
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts, and waits for the first whole copy.</summary>
    public static async Task<StorefrontHost> StartReady(Owners owners, params string[] settings)
    {
        var host = await Start(owners, settings);
        await host.Becomes("ready");
        return host;
    }

    public Task<string> Becomes(string status) =>
        Eventually.Becomes($"health is {status}", async () => (string)(await Health())["status"]!, found => found == status);

    public async Task<JsonNode> Health()
    {
        using var answer = await Shop.GetAsync("/health/ready");
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    public async Task<ShopPage> Get(string path, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using var answer = await Shop.SendAsync(request);
        return new ShopPage((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.ETag?.Tag,
            (int?)answer.Headers.Age?.TotalSeconds, answer.Headers.CacheControl?.ToString());
    }

    public Task<ShopPage> Shows(string path, Func<ShopPage, bool> wanted) => Eventually.Becomes(path, () => Get(path), wanted);

    public override async ValueTask DisposeAsync()
    {
        shop?.Dispose();
        await base.DisposeAsync();
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddStorefront();
        builder.Services.AddSingleton<TimeProvider>(clock);
    }

    protected override void Map(WebApplication host) => host.MapStorefront();
}

/// <summary>An answer of the shop's pages.</summary>
public sealed record ShopPage(int Status, string Text, string? Tag, int? Age, string? CacheControl)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public JsonNode Product => Json["product"]!;

    public long Price => (long)Product["unitPrice"]!;

    /// <summary>Null if it is unknown, or if there is no product.</summary>
    public string? Availability => (string?)Json["product"]?["availability"];

    public string[] Skus => [.. Json["items"]!.AsArray().Select(item => (string)item!["sku"]!)];

    public override string ToString() => $"{Status} Age {Age} {Text}";

    public string? Problem => ((string?)Json["type"])?.Split('/')[^1];
}
