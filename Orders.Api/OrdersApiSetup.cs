using Orders.Api.Erasure;
using Orders.Api.Switches;
using Orders.Api.Webhooks;
using Orders.Model;
using Orders.Model.Participants;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace Orders.Api;

public static class OrdersApiSetup
{
    /// <summary>Adds placement and queries of orders over HTTP.</summary>
    public static void AddOrdersApi(this WebApplicationBuilder builder)
    {
        builder.AddOrdersModel();
        builder.Services.AddSingleton<PlacementBatches>();
        builder.Services.AddSingleton<IdempotencyKeyLookup>();
        if (LaneSettings.From(builder.Configuration).Used.Count > 1)
            builder.Services.AddSingleton<FullLanes>();
        builder.AddPlacementLimits();
        builder.Services.AddSingleton<Backpressure>();
        builder.Services.AddSingleton<EventStreams>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Backpressure>());
        builder.Services.AddSingleton<OrderWatcher>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OrderWatcher>());
        builder.AddParticipants();
        builder.Services.AddSingleton<ParticipantHistories>();
        builder.AddWebhooks();
        builder.AddSwitchGuard();
        builder.Services.AddHostedService<ErasureJob>();
    }

    static void AddPlacementLimits(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Rates:Place").GetStrict<PlacementRateSettings>();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<PlacementLimits>();
    }

    public static void MapOrdersApi(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders").RequireRole(Roles.Orders);
        orders.MapSubmitOrder();
        orders.MapGetOrder();
        orders.MapListOrders();
        orders.MapCancelOrder();
        orders.MapTimeline();
        orders.MapOrderEvents();
        routes.MapGroup("/orders").WithTags("Orders").MapTrace();
        routes.MapGroup("/products").WithTags("Products").MapProducts();
        routes.MapPriceChanges();
        routes.MapWebhooks();
        routes.MapOrderSwitches();
    }
}
