using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Database;

namespace OrderSaga.Inventory;

/// <summary>The stock participant: its queue and its endpoints.</summary>
public static class InventorySetup
{
    public static void AddInventory(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<InventoryDb>("inventory");
        builder.Services.AddScoped<StockRows>();
        builder.Services.AddScoped<BranchSteps>();
        builder.AddMessaging(bus => bus.Correlate<IOrderMessage>(message => message.OrderId).Endpoint<InventoryDb>(Queues.Inventory, endpoint =>
        {
            endpoint.Preload<StockPreload>();
            endpoint.Consumer<ReserveStockConsumer>();
            endpoint.Consumer<ConfirmStockConsumer>();
            endpoint.Consumer<CancelStockConsumer>();
        }));
    }

    public static void MapInventory(this IEndpointRouteBuilder app)
    {
        ReceiveStockEndpoint.Map(app);
        GetStockEndpoints.Map(app);
        GetBranchesEndpoints.Map(app);
        BranchHistoryEndpoint.Map(app);
    }
}
