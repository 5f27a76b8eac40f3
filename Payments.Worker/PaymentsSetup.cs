using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Retention;

namespace OrderSaga.Payments;

/// <summary>The payment participant: its queue, its gateways and its endpoints.</summary>
public static class PaymentsSetup
{
    public static void AddPayments(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Payments").GetStrict<PaymentsSettings>();
        settings.Check();
        CheckMargins(settings, builder.Configuration);
        builder.Services.AddSingleton(settings);
        builder.AddDatabase<PaymentsDb>("payments");
        builder.AddUnitOfWork<PaymentsDb>();
        builder.AddRetention(new RetentionRule<PaymentsDb>("webhooks", "received_at", settings.WebhookRetentionDays));
        AddBranches(builder.Services);
        AddGateways(builder);
        builder.AddMessaging(bus => bus
            .Correlate<IOrderMessage>(message => message.OrderId)
            .CheckSenders(SentByAttribute.SendersOfMessages, returnedBy: ServiceNames.OrdersSagas)
            .EndpointInLanes<PaymentsDb>(Queues.Payments, endpoint => endpoint
                .Preload<PaymentRows>()
                .Consumer<TryAuthorizePaymentConsumer>()
                .Consumer<ConfirmPaymentConsumer>()
                .Consumer<CancelPaymentConsumer>()));
    }

    public static void MapPayments(this IEndpointRouteBuilder app)
    {
        WebhookEndpoint.Map(app);
        app.MapBranches<PaymentsDb, PaymentBranch, PaymentBranchView>(PaymentFence.Participant, PaymentBranchView.Example, PaymentBranchView.Of);
        PaymentHistory.Map(app);
    }

    /// <summary>
    /// A payment that the saga accepts within Orders:PaymentMarginSeconds must still be captured. That setting belongs to another service; if it is
    /// not set in this process, its default is assumed.
    /// </summary>
    static void CheckMargins(PaymentsSettings settings, IConfiguration configuration)
    {
        if (settings.CaptureMarginSeconds <= configuration.GetValue("Orders:PaymentMarginSeconds", 10))
            throw new InvalidOperationException(
                "Payments:CaptureMarginSeconds must be more than Orders:PaymentMarginSeconds (10 if it is not set here): "
                + "a payment may be accepted until the end of that margin, and its capture is sent after that.");
    }

    static void AddBranches(IServiceCollection services)
    {
        services.AddScoped<PaymentFence>();
        services.AddScoped<AttemptSteps>();
        services.AddScoped<RouteSteps>();
        services.AddSingleton<WebhookReceiver>();
        services.AddSingleton<WebhookParts>();
    }

    static void AddGateways(WebApplicationBuilder builder)
    {
        var names = GatewaySettings.NamesIn(builder.Configuration);
        if (names.Distinct().Count() != names.Count)
            throw new InvalidOperationException("Gateways:main is no setting: the gateway main has the section Gateway.");
        var routes = builder.Configuration.GetSection("Routes").GetStrict<RouteSettings>();
        routes.Check(names);
        foreach (var name in names)
            AddClient(builder, name);
        builder.Services.AddSingleton(routes);
        builder.Services.AddSingleton<GatewayBook>();
        builder.Services.AddSingleton(services => new CallQueue(
            names, services.GetRequiredService<PaymentsSettings>(), services.GetRequiredService<LaneSettings>(), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<GatewayPipeline>();
        builder.Services.AddSingleton<GatewayCalls>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GatewayCalls>());
        builder.Services.AddSingleton<AttemptSweeper>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AttemptSweeper>());
    }

    /// <summary>Each gateway has its own connections.</summary>
    static void AddClient(WebApplicationBuilder builder, string gateway)
    {
        new GatewaySettings(builder.Configuration, gateway).Check();
        builder.Services.AddHttpClient(GatewayBook.HttpClient(gateway), http =>
            {
                // The resilience pipeline sets the timeout of each call.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = 1024 * 1024;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
    }
}
