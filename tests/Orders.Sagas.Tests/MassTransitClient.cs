using System.Collections.Concurrent;
using MassTransit;
using OrderSaga.Contracts;

namespace MassTransitClient;

/// <summary>
/// A system on the bus with MassTransit 8 and the project Contracts, and no other code of ours. It logs in as the user that
/// scripts/broker-user makes. docs/integration.md shows it.
/// </summary>
public sealed class Shop(Uri broker)
{
    public ConcurrentQueue<object> Received { get; } = new();

    // begin sample
    public IBusControl Connect() => Bus.Factory.CreateUsingRabbitMq(bus =>
    {
        bus.Host(broker);
        // The broker checks it, and the merchant of the order follows from it.
        bus.ConfigureSend(pipe => pipe.UseExecute(context => context.GetPayload<RabbitMqSendContext>().BasicProperties.UserId = User));
        bus.OverrideDefaultBusEndpointQueueName($"{User}.replies.{NewId.NextGuid():N}");
        bus.ReceiveEndpoint(User, endpoint =>
        {
            // The exchange of this name gets all events: scripts/broker-user has bound it.
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PublishFaults = false;
            endpoint.Handler<OrderSubmitted>(context => Receive(context.Message));
            endpoint.Handler<OrderRejected>(context => Receive(context.Message));
            endpoint.Handler<OrderCompleted>(context => Receive(context.Message));
            endpoint.Handler<OrderCancelled>(context => Receive(context.Message));
            endpoint.Handler<OrderNeedsReview>(context => Receive(context.Message));
        });
    });

    string User => broker.UserInfo.Split(':')[0];

    Uri Orders => new($"exchange:{User}.submit-order");

    public async Task Send(IBus bus, SubmitOrder order)
    {
        var endpoint = await bus.GetSendEndpoint(Orders);
        await endpoint.Send(order);
    }

    public async Task<object> Request(IBus bus, SubmitOrder order)
    {
        var client = bus.CreateRequestClient<SubmitOrder>(Orders);
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
