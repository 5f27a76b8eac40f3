using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Hosting;

namespace Orders.Sagas;

public static class SagasSetup
{
    static readonly Type[] Events =
        [typeof(OrderSubmitted), typeof(OrderRejected), typeof(OrderCompleted), typeof(OrderCancelled), typeof(OrderNeedsReview)];

    public static void AddSagas(this WebApplicationBuilder builder)
    {
        builder.AddOrdersModel();
        builder.Services.AddSingleton<OrderSteps>();
        var settings = builder.Configuration.GetSection("Bus").GetStrict<BusSettings>();
        settings.Parse();
        builder.Services.AddSingleton(settings);
        builder.AddMessaging(bus => bus
            .CheckSenders(SentByAttribute.SendersOfMessages, returnedBy: ServiceNames.OrdersSagas)
            .ReturnMessages()
            .DeclareEvents(Events)
            .EndpointInLanes<OrdersDb>(Queues.Orders, endpoint => endpoint.StateMachine<OrderStateMachine, OrderState>())
            .Endpoint<OrdersDb>(Queues.SubmitOrder, endpoint => endpoint
                .Public<SubmitOrder>().Drop(Events).Preload<SubmitOrderPreload>().Consumer<SubmitOrderConsumer>()));
    }
}
