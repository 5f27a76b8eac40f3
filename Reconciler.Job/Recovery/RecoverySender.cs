using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Outbox;

namespace Reconciler.Job;

/// <summary>Sends recovery messages to the saga. Without an outbox: a lost message is sent again at the next check.</summary>
sealed class RecoverySender(QueueSender queues, LaneSettings lanes, ILogger<RecoverySender> log)
{
    public async Task Send(StalledOrder order, IReadOnlyList<IOrderMessage> messages, CancellationToken cancel)
    {
        foreach (var message in messages)
        {
            var queue = Lane.Queue(Queues.Orders, message is CheckOrder { TakeOver: true } ? Lane.Main : lanes.Reachable(order.Lane));
            log.LogInformation("Order {OrderId} is stalled in {State}; sending {Message}", order.Id, order.State, message.GetType().Name);
            await queues.Send(queue, message, cancel);
            RecoveryMetrics.RecordResumed(byAnswer: message is not CheckOrder);
        }
    }
}
