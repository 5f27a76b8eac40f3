using System.Net;
using Orders.Model;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Retention;

namespace Orders.Api.Webhooks;

/// <summary>Adds webhooks to merchants: endpoints, event reader and sender.</summary>
static class WebhooksSetup
{
    /// <summary>Longer than any transaction that may still add a delivery.</summary>
    const int RemovedEndpointDays = 1;

    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Webhooks").GetStrict<WebhookSettings>();
        settings.Check();
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton<Resolve>(Dns.GetHostAddressesAsync);
        services.AddSingleton<WebhookUrlPolicy>();
        services.AddHttpClient(WebhookClient.Client, http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(provider => WebhookClient.Handler(provider.GetRequiredService<WebhookUrlPolicy>(), settings))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddSingleton<WebhookClient>();
        services.AddSingleton<DueDeliveries>();
        // A delivery still pending by then belongs to an endpoint that was not enabled again.
        builder.AddRetention(new RetentionRule<OrdersDb>(
            "webhook_deliveries", "created_at", settings.RetentionDays, "state <> 'Pending' OR next_attempt_at < @before"));
        builder.AddRetention(new RetentionRule<OrdersDb>("webhook_endpoints", "updated_at", RemovedEndpointDays,
            "state = 'Removed' AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = webhook_endpoints.id)"));
        services.AddSingleton<EventReader>();
        services.AddHostedService(provider => provider.GetRequiredService<EventReader>());
        services.AddHostedService<WebhookSender>();
    }

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        var endpoints = routes.MapGroup("/webhook-endpoints").WithTags("Webhooks").RequireRole(Roles.Orders);
        endpoints.MapMerchantEndpoints();
        endpoints.MapDeliveryLog();
    }
}
