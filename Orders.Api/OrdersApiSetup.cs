using Orders.Api.Webhooks;
using Orders.Model;
using OrderSaga.Platform.Http;

namespace Orders.Api;

public static class OrdersApiSetup
{
    /// <summary>Order placement and queries over HTTP.</summary>
    public static void AddOrdersApi(this WebApplicationBuilder builder)
    {
        builder.AddOrdersModel();
        builder.Services.AddSingleton<PlacementBatches>();
        builder.Services.AddSingleton<Backpressure>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Backpressure>());
        builder.Services.AddSingleton<OrderWatcher>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OrderWatcher>());
        AddParticipants(builder);
        builder.AddWebhooks();
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
        routes.MapGroup("/products").WithTags("Products").MapProducts();
        routes.MapWebhooks();
    }

    static void AddParticipants(WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Participants").Get<ParticipantSettings>() ?? new ParticipantSettings();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddHttpClient(Participants.Client, http =>
            {
                // The pipeline around each call bounds its time.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = 2 * 1024 * 1024;
            })
            // Where the key goes is a setting, not another server's word.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.Services.AddSingleton<Participants>();
    }
}
