using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Orders.Sagas;
using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Tests;

/// <summary>Orders.Api over HTTP. The bus entry and a stand-in for the saga run in the same process.</summary>
public sealed class ApiHost(Installation installation, bool withBus, Action<WebApplicationBuilder> more) : ServiceHost<OrdersDb>(installation)
{
    const string Errors = "Serilog:MinimumLevel:Default=Error";

    public static Task<ApiHost> Start(Installation installation, bool withBus = true, params string[] settings) =>
        Start(installation, withBus, _ => { }, settings);

    /// <summary>Starts with the changes of <paramref name="more"/>.</summary>
    public static Task<ApiHost> Start(Installation installation, bool withBus, Action<WebApplicationBuilder> more, params string[] settings) =>
        Run(new ApiHost(installation, withBus, more), [Errors, .. settings]);

    /// <summary>Starts with an unreachable database.</summary>
    public static async Task<ApiHost> StartLost(Installation installation, params string[] settings)
    {
        var host = new ApiHost(installation, false, _ => { });
        host.Build([Errors, .. settings]);
        await host.StartAlone();
        return host;
    }

    /// <summary>Changes an order as the state machine would.</summary>
    public Task Drive(Guid orderId, string state, string cause, Action<OrderState>? change = null) => Unit.Run(async work =>
    {
        var order = (await work.Lock<OrderState, Guid>([orderId])).Single();
        var from = order.State;
        order.State = state;
        change?.Invoke(order);
        work.Audit(order, from, cause);
    });

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddOrdersApi();
        if (withBus)
        {
            builder.Services.AddSingleton(new BusSettings());
            builder.AddMessaging(bus => bus
                .Endpoint<OrdersDb>(Queues.SubmitOrder,
                    endpoint => endpoint.Public<SubmitOrder>().Preload<SubmitOrderPreload>().Consumer<SubmitOrderConsumer>())
                .Endpoint<OrdersDb>(Queues.Orders, endpoint => endpoint.Consumer<SagaStandIn>())
                .Endpoint<OrdersDb>(Queues.Inventory, endpoint => endpoint.Consumer<InventoryStandIn>()));
        }

        more(builder);
    }

    protected override void Map(WebApplication host)
    {
        host.MapOrdersApi();
        host.MapGet("/fails", string () => throw new InvalidOperationException("a secret of the inside"));
    }
}

/// <summary>Accepts every message and does nothing.</summary>
public sealed class InventoryStandIn : MassTransit.IConsumer<TryReserveStock>
{
    public Task Consume(MassTransit.ConsumeContext<TryReserveStock> context) => Task.CompletedTask;
}

/// <summary>Cancels what can be cancelled, as the state machine does.</summary>
public sealed class SagaStandIn(UnitOfWorkContext work, OrdersDb db) : MassTransit.IConsumer<CancelOrder>
{
    public async Task Consume(MassTransit.ConsumeContext<CancelOrder> context)
    {
        var order = (await db.Orders.FindAsync(context.Message.OrderId))!;
        if (!OrderLifecycle.Of(order.State).IsUnpaid)
            return;
        var from = order.State;
        (order.State, order.Reason) = (OrderStates.Cancelling, context.Message.Reason);
        work.Audit(order, from, nameof(CancelOrder));
    }
}
