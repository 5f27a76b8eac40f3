using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>Sends a failed message unchanged to its queue, under its own id: the inbox lets it through once.</summary>
sealed class DeadLetterReplay(IBus bus, Limits limits, TimeProvider clock)
{
    /// <summary>Headers added by brokers, and those that MassTransit sets itself.</summary>
    static readonly string[] TransportHeaders = ["x-", "RabbitMQ-", MessageHeaders.MessageId, MessageHeaders.CorrelationId, "Content-Type"];

    public async Task<DateTime> Send(IDeadLetters database, FailedMessage failed, string by)
    {
        // The exchange with the queue's name: see StoredMessage.AddressOf. Without the host, which may have changed since.
        var type = new ContentType(failed.ContentType.Length > 0 ? failed.ContentType : "application/vnd.masstransit+json");
        var headers = FailedMessageView.HeadersOf(failed)
            .Where(header => !TransportHeaders.Any(prefix => header.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
        var message = new StoredMessage(failed.MessageId ?? failed.Id, failed.CorrelationId, type, new BytesMessageBody(failed.Body), toQueue: true)
        {
            Headers = headers.ToDictionary(header => header.Key, header => header.Value),
        };
        // Marked first: the message may fail and be stored again before this method continues.
        var now = clock.GetUtcNow().UtcDateTime;
        await database.MarkReplayed(failed.Id, now, "replayed", by);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(limits.PublishTimeoutSeconds), clock);
        try
        {
            var endpoint = await bus.GetSendEndpoint(new Uri("exchange:" + failed.Endpoint));
            await endpoint.Send(new SerializedMessageBody(), message, timeout.Token);
        }
        catch (Exception failure)
        {
            await database.MarkReplayed(failed.Id, failed.ReplayedAt, "could not be sent", by);
            throw new Problem(ProblemTypes.NotReplayed,
                $"Nothing was changed. Send the same request again later. {failure.Message}") { RetryAfter = 5 };
        }

        return now;
    }
}
