using System.Net.Http.Headers;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;
using OrderSaga.Storefront.Levels;
using OrderSaga.Storefront.Pages;
using OrderSaga.Storefront.Prices;

namespace OrderSaga.Storefront;

/// <summary>The shop's pages: copies of prices and stock levels in memory. It has no database and no queue.</summary>
public static class StorefrontSetup
{
    const int MaxAnswerBytes = 4 * 1024 * 1024;

    public static void AddStorefront(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Storefront").GetStrict<StorefrontSettings>();
        settings.Check();
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(all => new PriceFeed(Owner(all, "Orders.Api", settings.OrdersUrl!), settings, all.GetRequiredService<TimeProvider>()));
        services.AddSingleton(all => new LevelWatch(Owner(all, "Inventory.Worker", settings.StockUrl!), settings, all.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ShopPages>();
        services.AddPeriodic<PriceFeed>(TimeSpan.FromMilliseconds(settings.PriceIntervalMilliseconds));
        services.AddPeriodic<LevelWatch>(TimeSpan.FromMilliseconds(settings.LevelIntervalMilliseconds));
        services.AddHealthChecks().AddCheck<PriceFeed>("prices").AddCheck<LevelWatch>("levels");
    }

    public static void MapStorefront(this WebApplication app)
    {
        ShopEndpoints.Map(app);
        StorefrontMetrics.Show(app.Services.GetRequiredService<PriceFeed>(), app.Services.GetRequiredService<LevelWatch>());
    }

    /// <summary>No redirects: only a setting decides where the key is sent.</summary>
    static OwnerClient Owner(IServiceProvider services, string name, string url)
    {
        var settings = services.GetRequiredService<StorefrontSettings>();
        var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(url.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromMilliseconds(settings.TimeoutMilliseconds),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", settings.Key);
        return new OwnerClient(name, http, services.GetRequiredService<ILogger<OwnerClient>>());
    }
}
