using Orders.Model;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Switches;

namespace Orders.Api.Switches;

static class OrderSwitchesSetup
{
    static readonly TimeSpan GuardInterval = TimeSpan.FromSeconds(10);

    public static void AddSwitchGuard(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Switches:Guard").GetStrict<GuardSettings>();
        settings.Check();
        if (settings.Ratio == 0)
            return;
        builder.Services.AddSingleton(settings);
        builder.Services.AddPeriodic<SwitchGuard>(GuardInterval);
    }

    public static void MapOrderSwitches(this IEndpointRouteBuilder routes) => routes.MapSwitches<OrdersDb>(SwitchExamplesOfOrders.Switch).MapPreview();
}
