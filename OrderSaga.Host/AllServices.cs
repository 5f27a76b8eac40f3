using OrderSaga.Inventory;
using OrderSaga.Payments;
using OrderSaga.Sandbox;
using Orders.Api;
using Orders.Sagas;
using Reconciler.Job;

namespace OrderSaga.Host;

/// <summary>The services of this process.</summary>
static class AllServices
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.AddOrdersApi();
        builder.AddSagas();
        builder.AddInventory();
        builder.AddPayments();
        // With another gateway the sandbox's endpoints would only be a way in.
        var sandbox = EmbeddedHost.IsGateway(builder);
        if (sandbox)
            builder.AddSandbox();
        builder.AddReconciler();

        var app = builder.Build();
        app.MapOrdersApi();
        app.MapInventory();
        app.MapPayments();
        if (sandbox)
            app.MapSandbox();
        app.MapReconciler();
        return app;
    }
}
