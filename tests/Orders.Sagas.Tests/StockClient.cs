using System.Collections.Concurrent;
using MassTransit;
using OrderSaga.Contracts;

namespace StockClient;

/// <summary>
/// A system on the bus with MassTransit 8 and the project Contracts, and no other code of ours. docs/integration.md shows it.
/// </summary>
public sealed class Shop(Uri broker)
{
    public ConcurrentQueue<object> Received { get; } = new();

    // begin sample
    public IBusControl Connect() => Bus.Factory.CreateUsingRabbitMq(bus =>
    {
        bus.Host(broker);
        bus.ReceiveEndpoint("my-shop", endpoint =>
        {
            endpoint.Handler<OrderSubmitted>(context => Receive(context.Message));
            endpoint.Handler<OrderRejected>(context => Receive(context.Message));
            endpoint.Handler<OrderCompleted>(context => Receive(context.Message));
            endpoint.Handler<OrderCancelled>(context => Receive(context.Message));
            endpoint.Handler<OrderNeedsReview>(context => Receive(context.Message));
        });
    });

    public static async Task SendToQueue(IBus bus, SubmitOrder order)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri("queue:submit-order"));
        await endpoint.Send(order);
    }

    public static async Task SendToExchange(IBus bus, SubmitOrder order)
    {
        var endpoint = await bus.GetSendEndpoint(new Uri("exchange:submit-order"));
        await endpoint.Send(order);
    }

    public static Task Publish(IBus bus, SubmitOrder order) => bus.Publish(order);

    public static async Task<object> Request(IBus bus, SubmitOrder order)
    {
        var client = bus.CreateRequestClient<SubmitOrder>(new Uri("exchange:submit-order"));
        var response = await client.GetResponse<OrderSubmitted, OrderRejected>(order);
        return response.Message;
    }
    // end sample

    Task Receive(object message)
    {
        Received.Enqueue(message);
        return Task.CompletedTask;
    }
}
