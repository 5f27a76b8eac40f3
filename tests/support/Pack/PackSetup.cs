using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace Pack;

/// <summary>The test service. Its settings: Consumers=false only sends; News=true handles one more message type.</summary>
public static class PackSetup
{
    public static WebApplication Build(string[] settings, Action<WebApplicationBuilder>? more = null)
    {
        var builder = Service.Create(["--urls=http://127.0.0.1:0", .. settings], "pack");
        builder.AddPack();
        more?.Invoke(builder);
        return builder.Build();
    }

    public static void AddPack(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<PackDb>("pack");
        builder.AddUnitOfWork<PackDb>();
        builder.Services.AddSingleton<Remedy>();
        builder.Services.AddScoped<Counters>();
        builder.AddMessaging(bus => bus.Correlate<Tally>(m => m.Id).ReturnMessages());
        if (builder.Configuration.GetValue("Consumers", true))
            builder.AddMessaging(bus => Listen(bus, builder.Configuration.GetValue("News", false)));
    }

    static void Listen(MessagingSetup bus, bool news)
    {
        bus.Endpoint<PackDb>("bumps", endpoint => News(endpoint.Preload<BumpPreload>().Consumer<BumpConsumer>(), news));
        bus.Endpoint<PackDb>("echoes", endpoint => News(endpoint.Consumer<EchoConsumer>(), news));
        bus.Endpoint<PackDb>("tallies", endpoint => News(endpoint.StateMachine<TallyMachine, TallyState>(), news));
    }

    static void News(EndpointSetup<PackDb> endpoint, bool news)
    {
        endpoint.Subscribe();
        if (news)
            endpoint.Consumer<NewsConsumer>();
    }
}
