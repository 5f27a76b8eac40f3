using System.Diagnostics;
using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>
/// Hands outbox rows to the broker: right after the commit that wrote them, pipelined with confirms and with no transaction
/// open; then deletes them in bulk. While the broker is away it leaves the rows to the sweeper, so nothing piles up in memory.
/// </summary>
public sealed class OutboxDispatcher<TDb> : IAsyncDisposable where TDb : ServiceDb
{
    readonly Statements<TDb> database;
    readonly IServiceProvider services;
    readonly Limits limits;
    readonly ILogger log;
    readonly Batcher<(OutboxMessage Message, Guid Lease)> batcher;
    volatile bool brokerAway;

    public OutboxDispatcher(Statements<TDb> database, IServiceProvider services, Limits limits, ILogger<OutboxDispatcher<TDb>> log)
    {
        (this.database, this.services, this.limits, this.log) = (database, services, limits, log);
        batcher = new Batcher<(OutboxMessage, Guid)>(limits.PublishWindow, Handle);
    }

    public ValueTask DisposeAsync() => batcher.DisposeAsync();

    internal void Dispatch(OutboxWriter outbox)
    {
        if (brokerAway)
            return;
        foreach (var message in outbox.Messages)
            _ = batcher.Add((message, outbox.Lease));
    }

    /// <summary>Sends all at once, deletes what the broker confirmed, delays or parks the rest. Never throws: the rows remain.</summary>
    internal async Task Handle(IReadOnlyList<(OutboxMessage Message, Guid Lease)> batch)
    {
        try
        {
            FailPoint.Hit("outbox.before-publish");
            var failures = await Task.WhenAll(batch.Select(entry => Send(entry.Message)));
            FailPoint.Hit("outbox.after-publish");
            brokerAway = failures.Any(failure => failure is not null && IsBrokerAway(failure));
            await Delete(batch.Where((_, i) => failures[i] is null));
            foreach (var (entry, failure) in batch.Zip(failures).Where(pair => pair.Second is not null))
                await Delay(entry.Message, entry.Lease, failure!);
        }
        catch (Exception failure)
        {
            log.LogWarning(failure, "Outbox rows of {Count} messages stay for the sweeper", batch.Count);
        }
    }

    async Task<Exception?> Send(OutboxMessage message)
    {
        using var activity = message.TraceParent is null ? null : Instruments.Source.StartActivity("outbox", ActivityKind.Internal, message.TraceParent);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(limits.PublishTimeoutSeconds));
        try
        {
            // Not in the constructor: the bus is built with its endpoints, and those with this class.
            var endpoint = await services.GetRequiredService<IBus>().GetSendEndpoint(StoredMessage.AddressOf(message));
            await endpoint.Send(new SerializedMessageBody(), new StoredMessage(message), timeout.Token);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    async Task Delete(IEnumerable<(OutboxMessage Message, Guid Lease)> sent)
    {
        foreach (var leased in sent.GroupBy(entry => entry.Lease))
        {
            var ids = Dialect.Json(leased.Select(entry => entry.Message.Id));
            await database.Run(db => db.Execute(database.Dialect.DeleteOutbox, ("rows", ids), ("lease", leased.Key)));
        }
    }

    Task<int> Delay(OutboxMessage message, Guid lease, Exception failure)
    {
        var away = IsBrokerAway(failure);
        var parked = !away && message.Attempts >= limits.ParkAfter;
        if (parked)
            log.LogError(failure, "Outbox row {MessageId} ({MessageType}) to {Destination} is parked", message.Id, message.MessageType, message.Destination);
        else if (!away)
            log.LogWarning(
                failure, "Outbox row {MessageId} ({MessageType}) could not be sent, attempt {Attempt}", message.Id, message.MessageType, message.Attempts);
        var seconds = away ? 1 : Math.Min(60, 1 << Math.Min(message.Attempts, 6));
        var error = failure.Message[..Math.Min(failure.Message.Length, 1000)];
        return database.Run(db => db.Execute(
            database.Dialect.DelayOutbox, ("id", message.Id), ("lease", lease), ("seconds", seconds), ("parked", parked ? 1 : 0), ("error", error)));
    }

    /// <summary>The transport's fault, not the row's: it does not count against the row.</summary>
    static bool IsBrokerAway(Exception failure) =>
        failure is OperationCanceledException or ConnectionException or RabbitMQ.Client.Exceptions.RabbitMQClientException or System.Net.Sockets.SocketException
        || failure.InnerException is { } inner && IsBrokerAway(inner);

    /// <summary>Sends the stored body as it is.</summary>
    sealed class StoredMessage(OutboxMessage message) : IPipe<SendContext>, IMessageSerializer
    {
        const string ToQueue = "?bind=true";

        /// <summary>
        /// RabbitMQ's address of a queue would declare the queue, with other arguments than its owner; the exchange of the
        /// same name is enough, and mandatory tells when no queue is behind it yet.
        /// </summary>
        public static Uri AddressOf(OutboxMessage message) => new(message.Destination.Replace(ToQueue, "", StringComparison.Ordinal));

        public ContentType ContentType { get; } = new(message.ContentType);

        public Task Send(SendContext context)
        {
            context.MessageId = message.Id;
            context.CorrelationId = message.CorrelationId;
            context.Serializer = this;
            if (message.Destination.EndsWith(ToQueue, StringComparison.Ordinal) && context.TryGetPayload(out RabbitMqSendContext? rabbit))
                rabbit.Mandatory = true;
            return Task.CompletedTask;
        }

        public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class => new StringMessageBody(message.Body);

        public void Probe(ProbeContext context) => context.CreateFilterScope("stored-message");
    }
}
