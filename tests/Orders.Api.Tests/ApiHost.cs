using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Orders.Sagas;
using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Tests;

/// <summary>Orders.Api over HTTP on its own port. The bus entry and a stand-in for the saga run in the same process.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    readonly WebApplication app;

    ApiHost(WebApplication app) => this.app = app;

    public IServiceProvider Services => app.Services;

    public Uri Root => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static Task<ApiHost> Start(Installation installation, bool withBus = true, params string[] settings) =>
        Start(installation, withBus, _ => { }, settings);

    /// <summary>
    /// Starts with the changes of <paramref name="more"/>. The tables exist before the host starts, as after a migration.
    /// </summary>
    public static async Task<ApiHost> Start(Installation installation, bool withBus, Action<WebApplicationBuilder> more, params string[] settings)
    {
        var built = Build(installation, withBus, more, settings);
        await using (var scope = built.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<OrdersDb>().Database.EnsureCreatedAsync();
        await built.StartAsync();
        return new ApiHost(built);
    }

    /// <summary>Starts with an unreachable database.</summary>
    public static async Task<ApiHost> StartLost(Installation installation, params string[] settings)
    {
        var built = Build(installation, false, _ => { }, settings);
        await built.StartAsync();
        return new ApiHost(built);
    }

    static WebApplication Build(Installation installation, bool withBus, Action<WebApplicationBuilder> more, string[] settings)
    {
        string[] args = [.. installation.Settings().Select(pair => $"--{pair.Key}={pair.Value}"), "--urls=http://127.0.0.1:0",
            "--Serilog:MinimumLevel:Default=Error", .. settings];
        var builder = Service.Create(args, "orders-api-tests");
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
        var built = builder.Build();
        built.MapOrdersApi();
        built.MapGet("/fails", string () => throw new InvalidOperationException("a secret of the inside"));
        built.UseServiceDefaults();
        return built;
    }

    public async Task<T> Read<T>(Func<OrdersDb, Task<T>> read)
    {
        await using var scope = Services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<OrdersDb>());
    }

    /// <summary>Changes an order as the state machine would.</summary>
    public Task Drive(Guid orderId, string state, string cause, Action<OrderState>? change = null) =>
        Services.GetRequiredService<UnitOfWork<OrdersDb>>().Run(async work =>
        {
            var order = (await work.Lock<OrderState, Guid>([orderId])).Single();
            var from = order.State;
            order.State = state;
            change?.Invoke(order);
            work.Audit(order, from, cause);
        });

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
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
