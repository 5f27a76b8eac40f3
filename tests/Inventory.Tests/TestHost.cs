using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using Testing;

namespace OrderSaga.Inventory.Tests;

/// <summary>The inventory service, with API keys.</summary>
sealed class TestHost(Installation installation, IInterceptor[] interceptors)
    : ParticipantHost<InventoryDb>(installation, Queues.Inventory, interceptors)
{
    public static readonly string StockKey = TestKeys.Of(Roles.Stock);
    public static readonly string OperatorKey = TestKeys.Of(Roles.Operator);
    public static readonly string OrdersKey = TestKeys.Of(Roles.Orders);

    public static Task<TestHost> Start(Installation installation, params IInterceptor[] interceptors) => Start(installation, [], interceptors);

    public static Task<TestHost> Start(Installation installation, string[] settings, params IInterceptor[] interceptors) =>
        Run(new TestHost(installation, interceptors), [.. TestKeys.Settings, .. settings]);

    public Task Receive(string sku, long quantity) => Unit.Run(work => ReceiveStockEndpoint.Receive(
        work, new Receipt { ReceiptId = $"first-{sku}", Sku = sku, Quantity = quantity, At = default }));

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddInventory();
        base.Add(builder);
    }

    protected override void Map(WebApplication host) => host.MapInventory();

    protected override void Listen(IReceiveEndpointConfigurator endpoint)
    {
        Collect<StockReserved>(endpoint);
        Collect<StockRejected>(endpoint);
        Collect<StockConfirmed>(endpoint);
        Collect<StockCancelled>(endpoint);
    }
}
