using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Participants;

namespace OrderSaga.Inventory;

/// <summary>The stock participant: its queue and its HTTP endpoints.</summary>
public static class InventorySetup
{
    static readonly HistoryItem ExampleStep =
        new(BranchView.ExampleTime, "stock", "stock branch", null, "Tried", "TryReserveStock", "available -> held: tea-001 x 2");

    public static void AddInventory(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<InventoryDb>("inventory");
        builder.AddUnitOfWork<InventoryDb>();
        builder.Services.AddScoped<StockFence>();
        builder.AddMessaging(bus => bus
            .Correlate<IOrderMessage>(message => message.OrderId)
            .CheckSenders(SentByAttribute.SendersOfMessages, returnedBy: ServiceNames.OrdersSagas)
            .EndpointInLanes<InventoryDb>(Queues.Inventory, endpoint => endpoint
                .Preload<StockRows>()
                .Consumer<TryReserveStockConsumer>()
                .Consumer<ConfirmStockConsumer>()
                .Consumer<CancelStockConsumer>()));
    }

    public static void MapInventory(this IEndpointRouteBuilder app)
    {
        ReceiveStockEndpoint.Map(app);
        GetStockEndpoints.Map(app);
        StockLevelsEndpoint.Map(app);
        app.MapBranches<InventoryDb, Branch, BranchView>(StockFence.Participant, BranchView.Example, BranchView.Of);
        app.MapBranchHistory<InventoryDb>(StockFence.Participant, ExampleStep);
    }
}
