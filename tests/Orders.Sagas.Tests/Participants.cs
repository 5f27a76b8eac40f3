using MassTransit;
using Microsoft.AspNetCore.Builder;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;

namespace Orders.Sagas.Tests;

/// <summary>Stock and payment participants that always accept and send each response three times, each as a new message.</summary>
static class Participants
{
    public static void AddParticipants(this WebApplicationBuilder builder)
    {
        builder.AddOrdersModel();
        builder.AddMessaging(bus => bus
            .Endpoint<OrdersDb>(Queues.Inventory, endpoint => endpoint.Consumer<Stock>())
            .Endpoint<OrdersDb>(Queues.Payments, endpoint => endpoint.Consumer<Payment>()));
    }

    static async Task Answer<T>(ConsumeContext context, T answer) where T : class, IOrderMessage
    {
        for (var i = 0; i < 3; i++)
            await context.GetPayload<UnitOfWorkContext>().Send(Queues.Orders, answer);
    }

    sealed class Stock : IConsumer<TryReserveStock>, IConsumer<ConfirmStock>, IConsumer<CancelStock>
    {
        public Task Consume(ConsumeContext<TryReserveStock> context) => Answer(context, new StockReserved(context.Message.OrderId));

        public Task Consume(ConsumeContext<ConfirmStock> context) => Answer(context, new StockConfirmed(context.Message.OrderId));

        public Task Consume(ConsumeContext<CancelStock> context) => Answer(context, new StockCancelled(context.Message.OrderId));
    }

    sealed class Payment : IConsumer<TryAuthorizePayment>, IConsumer<ConfirmPayment>, IConsumer<CancelPayment>
    {
        public Task Consume(ConsumeContext<TryAuthorizePayment> context) => Answer(context, new PaymentAuthorized(context.Message.OrderId));

        public Task Consume(ConsumeContext<ConfirmPayment> context) => Answer(context, new PaymentConfirmed(context.Message.OrderId));

        public Task Consume(ConsumeContext<CancelPayment> context) => Answer(context, new PaymentCancelled(context.Message.OrderId));
    }
}
