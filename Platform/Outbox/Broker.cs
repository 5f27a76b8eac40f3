using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace OrderSaga.Platform.Outbox;

/// <summary>Whose fault a send that failed was.</summary>
static class Broker
{
    /// <summary>AMQP 0-9-1 soft errors: the broker refuses this one send and goes on.</summary>
    static readonly int[] Refusals = [311, 313, 403, 404, 405, 406];

    /// <summary>The transport's fault, not the message's: it does not count against the message.</summary>
    public static bool IsAway(Exception failure) => failure switch
    {
        // Taken by the broker and given back: no queue is behind the exchange, or the queue takes no more.
        RabbitMQ.Client.Exceptions.PublishException => false,
        AlreadyClosedException => true,
        OperationInterruptedException { ShutdownReason.ReplyCode: var code } when Refusals.Contains(code) => false,
        OperationCanceledException or ConnectionException or RabbitMQClientException or System.Net.Sockets.SocketException or ObjectDisposedException => true,
        _ => failure.InnerException is { } inner && IsAway(inner),
    };
}
