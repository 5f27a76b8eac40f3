using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>A simulated card gateway with a durable ledger, served under <c>/sandbox</c>.</summary>
public static class SandboxSetup
{
    public static WebApplicationBuilder AddSandbox(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<SandboxDb>("sandbox");
        builder.AddUnitOfWork<SandboxDb>();
        builder.Services.AddSingleton<SandboxSettings>();
        builder.Services.AddSingleton<Faults>();
        builder.Services.AddSingleton<Ledger>();
        builder.Services.AddSingleton<WebhookSignal>();
        builder.Services.AddHttpClient<WebhookClient>(client => client.Timeout = WebhookClient.Timeout)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        builder.Services.AddHostedService<WebhookSender>();
        builder.Services.AddHostedService<HostedPaymentExpiry>();
        return builder;
    }

    public static IEndpointRouteBuilder MapSandbox(this IEndpointRouteBuilder app)
    {
        app.ServiceProvider.GetRequiredService<SandboxSettings>().Check();
        app.ServiceProvider.GetRequiredService<Faults>().Announce();
        if (app.ServiceProvider.GetRequiredService<IHostEnvironment>().IsProduction())
            app.ServiceProvider.GetRequiredService<ILogger<SandboxSettings>>().LogWarning(
                "The gateway is the sandbox: no money moves. Set Gateway:Url to a real gateway");

        // A gateway knows no deadline of its caller, and the injected faults choose their time.
        var sandbox = app.MapGroup("/sandbox").ExcludeFromDescription().WithoutDeadline();
        sandbox.MapHostedPage();

        var api = sandbox.MapGroup("/v1").RequireGatewayKey();
        api.MapAuthorize();
        api.MapFollowUps();
        api.MapOperations();
        api.MapCloseKey();
        api.MapSettlements();
        return app;
    }
}
