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
        builder.AddSandbox();
        builder.AddReconciler();

        var app = builder.Build();
        app.MapOrdersApi();
        app.MapInventory();
        app.MapPayments();
        app.MapSandbox();
        app.MapReconciler();
        return app;
    }
}
