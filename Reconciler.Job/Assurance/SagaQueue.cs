using MassTransit;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>What assurance has to tell the saga. Without an outbox: what is lost comes up again.</summary>
sealed class SagaQueue(ISendEndpointProvider bus, ILogger<SagaQueue> log)
{
    public async Task Send(StuckOrder order, IReadOnlyList<IOrderMessage> messages, CancellationToken cancel)
    {
        var saga = await bus.GetSendEndpoint(new Uri("exchange:" + Queues.Orders));
        foreach (var message in messages)
        {
            log.LogInformation("Order {OrderId} is stuck in {State}; {Message} is sent", order.Id, order.State, message.GetType().Name);
            await saga.Send(message, message.GetType(), Pipe.Execute<SendContext>(send => send.CorrelationId = order.Id), cancel);
            AssuranceMetrics.Drove(byAnswer: message is not CheckOrder);
        }
    }
}
