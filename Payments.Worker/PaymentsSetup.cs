using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Retention;

namespace OrderSaga.Payments;

/// <summary>The payment participant: its queue, its gateway client and its endpoints.</summary>
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
        AddGateway(builder);
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
        services.AddSingleton<WebhookReceiver>();
    }

    static void AddGateway(WebApplicationBuilder builder)
    {
        var settings = new GatewaySettings(builder.Configuration);
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddHttpClient<IGateway, GatewayClient>(http =>
            {
                // The resilience pipeline sets the timeout of each call.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = 1024 * 1024;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.Services.AddSingleton<CallQueue>();
        builder.Services.AddSingleton<GatewayPipeline>();
        builder.Services.AddSingleton<GatewayCalls>();
        builder.Services.AddHostedService(services => services.GetRequiredService<GatewayCalls>());
        builder.Services.AddSingleton<AttemptSweeper>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AttemptSweeper>());
    }
}
