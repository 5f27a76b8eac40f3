using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;

namespace Orders.Sagas;

public static class SagasSetup
{
    public static void AddSagas(this WebApplicationBuilder builder)
    {
        builder.AddOrdersModel();
        builder.Services.AddSingleton<OrderSteps>();
        builder.AddMessaging(bus => bus
            .Endpoint<OrdersDb>(Queues.Orders, endpoint => endpoint.StateMachine<OrderStateMachine, OrderState>())
            .Endpoint<OrdersDb>(Queues.SubmitOrder, endpoint => endpoint.Public<SubmitOrder>().Preload<SubmitOrderPreload>().Consumer<SubmitOrderConsumer>()));
    }
}
