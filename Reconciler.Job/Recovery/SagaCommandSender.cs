using MassTransit;
using OrderSaga.Contracts;

namespace Reconciler.Job;

/// <summary>Sends recovery messages to the saga. Without an outbox: a lost message is sent again at the next check.</summary>
sealed class SagaCommandSender(ISendEndpointProvider bus, ILogger<SagaCommandSender> log)
{
    public async Task Send(StalledOrder order, IReadOnlyList<IOrderMessage> messages, CancellationToken cancel)
    {
        var saga = await bus.GetSendEndpoint(new Uri("exchange:" + Queues.Orders));
        foreach (var message in messages)
        {
            log.LogInformation("Order {OrderId} is stalled in {State}; sending {Message}", order.Id, order.State, message.GetType().Name);
            await saga.Send(message, message.GetType(), Pipe.Execute<SendContext>(send => send.CorrelationId = order.Id), cancel);
            RecoveryMetrics.RecordResumed(byAnswer: message is not CheckOrder);
        }
    }
}
