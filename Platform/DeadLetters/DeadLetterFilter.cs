using System.Diagnostics.Metrics;
using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Rabbit;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.DeadLetters;

/// <summary>
/// Stores a delivery that cannot be handled in the database, with its cause, then acknowledges it. A delivery that failed for a temporary
/// reason, or that cannot be stored, returns to the queue instead (<see cref="RedeliveryDelayFilter{TDb}"/>).
/// </summary>
/// <param name="endpoint">Name of the queue.</param>
/// <param name="dropped">
/// Message types that are dropped if no consumer accepts them, as URNs: our events, which a system outside can bind to a public queue.
/// </param>
/// <param name="services">The host's services.</param>
sealed class DeadLetterFilter<TDb>(string endpoint, IReadOnlySet<string> dropped, IServiceProvider services)
    : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext> where TDb : ServiceDb
{
    static readonly Counter<long> Dropped = Instruments.Meter.CreateCounter<long>(
        "ordersaga.messages.dropped", "{message}", "Events dropped because a binding of another system led them to a public queue: alarm on any");

    /// <summary>Null with the in-memory transport: it has no senders outside of this process, and cannot take a delivery back.</summary>
    readonly DeadLetterQuota<TDb>? quota = services.GetRequiredService<IMessageTransport>() is RabbitTransport
        ? ActivatorUtilities.CreateInstance<DeadLetterQuota<TDb>>(services, endpoint) : null;
    readonly LogSampler<DeadLetterFilter<TDb>> sampler = services.GetRequiredService<LogSampler<DeadLetterFilter<TDb>>>();
    readonly UnitOfWork<TDb> unitOfWork = services.GetRequiredService<UnitOfWork<TDb>>();
    readonly int maxParsedBytes = services.GetRequiredService<Limits>().MaxMessageBytes;
    readonly TimeProvider clock = services.GetRequiredService<TimeProvider>();
    readonly Senders senders = services.GetRequiredService<Senders>();
    readonly ILogger log = services.GetRequiredService<ILogger<DeadLetterFilter<TDb>>>();
    readonly CancellationToken stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (DatabaseErrors.IsTransient(context.Exception))
            throw new DatabaseBusyException($"The delivery waited for the database until this process stopped: {context.Exception.GetBaseException().Message}");
        await Store(context, context.Exception);

        // Otherwise MassTransit would treat the message as skipped, and it would be stored again.
        await context.NotifyFaulted(context.Exception);
    }

    /// <summary>No consumer of this endpoint accepts the message.</summary>
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (dropped.Count == 0 || TypesIn(context) is not { Count: > 0 } types || !types.Any(dropped.Contains))
            return Store(context, "UnknownMessageType: no consumer of this queue accepts it", "No consumer of the endpoint accepts the message's type.");
        Dropped.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));
        if (sampler.Takes(endpoint, out var skipped))
            log.LogWarning("Dropped an event that a binding of another system leads to {Endpoint}; {Skipped} more were not logged. Remove the binding: {Types}",
                endpoint, skipped, string.Join(' ', types));
        return Task.CompletedTask;
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("store-failure");

    internal Task Store(ReceiveContext context, Exception failure)
    {
        var root = failure.GetBaseException();
        return Store(context, $"{root.GetType().Name}: {root.Message}", failure.ToString());
    }

    internal async Task Store(ReceiveContext context, string cause, string detail)
    {
        await CheckQuota(context.Body.Length ?? 0);
        MessageContext? message = context.TryGetPayload(out EnvelopeReceiveContext? inside) ? inside.Message
            : context.TryGetPayload(out ConsumeContext? whole) ? whole : null;
        var failed = new FailedMessage
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Endpoint = endpoint,
            InputAddress = Text.Clean(context.InputAddress.ToString(), 500),
            MessageId = message?.MessageId ?? context.GetMessageId(),
            CorrelationId = message?.CorrelationId ?? context.GetCorrelationId(),
            MessageType = Text.Clean(string.Join(' ', TypesOf(message) is { Count: > 0 } types ? types : TypesIn(context)), 500),
            ContentType = Text.Clean(context.ContentType?.ToString() ?? "", 100),
            Body = context.GetBody(),
            Headers = JsonSerializer.Serialize(HeadersOf(context)),
            Cause = Text.Clean(cause, 500),
            Detail = Text.CleanLines(detail, 4000),
            FailedAt = clock.GetUtcNow().UtcDateTime,
        };
        var kept = failed.Id;
        await unitOfWork.RunUntilAvailable(() => unitOfWork.Run(async work => kept = await StoreOnce(work, failed)), DatabaseErrors.IsTransient, stopping);
        log.LogError("A message on {Endpoint} failed; stored as {FailedMessageId} for a replay: {Cause}", endpoint, kept, failed.Cause);
    }

    /// <exception cref="DatabaseBusyException">The queue has reached its limit: the delivery returns to it.</exception>
    async Task CheckQuota(long length)
    {
        var fits = true;
        if (quota is not null)
            await unitOfWork.RunUntilAvailable(async () => fits = await quota.TryAdd(length), DatabaseErrors.IsTransient, stopping);
        if (!fits)
            throw new DatabaseBusyException($"The failed messages of {endpoint} have reached Limits:MaxFailedMegabytes: replay or discard some.");
    }

    /// <summary>A redelivered or repeated message is stored once. Another message with its id is another message.</summary>
    static async Task<Guid> StoreOnce(UnitOfWorkContext work, FailedMessage failed)
    {
        var alike = failed.MessageId is null ? [] : await work.Db.FailedMessages
            .Where(row => row.MessageId == failed.MessageId && row.Endpoint == failed.Endpoint && row.ReplayedAt == null)
            .Select(row => new { row.Id, row.Body }).ToListAsync();
        if (alike.Find(row => row.Body.AsSpan().SequenceEqual(failed.Body)) is { } known)
            return known.Id;
        work.Db.FailedMessages.Add(failed);
        return failed.Id;
    }

    /// <summary>
    /// With the sender, whom a replay names too. A name may occur twice: as a message property and as a header of the sender.
    /// </summary>
    Dictionary<string, string?> HeadersOf(ReceiveContext context)
    {
        var headers = context.TransportHeaders.GetAll()
            .GroupBy(header => header.Key, header => header.Value?.ToString(), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(same => same.Key, string? (same) => Text.CleanLines(string.Join(", ", same.OfType<string>().Distinct()), 4000),
                StringComparer.OrdinalIgnoreCase);
        headers.Remove(Senders.Header);
        if (senders.Of(context) is { } sender)
            headers[Senders.Header] = sender;
        return headers;
    }

    static List<string> TypesOf(MessageContext? message) =>
        [.. (message as SerializerContext)?.SupportedMessageTypes ?? (message as ConsumeContext)?.SupportedMessageTypes ?? []];

    /// <summary>The types that MassTransit's envelope names: without a consumer it hands over no message.</summary>
    List<string> TypesIn(ReceiveContext context)
    {
        if (context.Body.Length > maxParsedBytes)
            return [];
        try
        {
            using var json = JsonDocument.Parse(context.GetBody());
            return json.RootElement.TryGetProperty("messageType", out var types) ? [.. types.EnumerateArray().Select(type => type.GetString()!)] : [];
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return [];
        }
    }
}

/// <summary>
/// Stores a body over <see cref="Limits.MaxMessageBytes"/> as failed without reading it. It does not throw: MassTransit's error pipe begins
/// after this filter, so the broker would redeliver the message permanently.
/// </summary>
sealed class MessageSizeFilter<TDb>(int bytes, DeadLetterFilter<TDb> failures) : IFilter<ReceiveContext> where TDb : ServiceDb
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => context.Body.Length is { } length && length > bytes
        ? failures.Store(context, $"MessageTooLarge: the body has {length} bytes", $"At most {bytes} bytes are read (Limits:MaxMessageBytes).")
        : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("refuse-huge-bodies");
}

/// <summary>
/// First receive filter of an endpoint. Stores failures outside MassTransit's error pipe. A delivery that cannot be stored, or that is
/// interrupted by the stop of this process, returns to its queue after a delay that grows with its redeliveries: brokers redeliver at once.
/// </summary>
sealed class RedeliveryDelayFilter<TDb>(string endpoint, DeadLetterFilter<TDb> failures, IServiceProvider services)
    : IFilter<ReceiveContext> where TDb : ServiceDb
{
    const int MaxDelaySeconds = 60;

    readonly TimeProvider clock = services.GetRequiredService<TimeProvider>();
    readonly ILogger log = services.GetRequiredService<ILogger<RedeliveryDelayFilter<TDb>>>();
    readonly CancellationToken stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        catch (Exception failure) when (!DatabaseErrors.IsTransient(failure))
        {
            await StoreOrReturn(context, failure);
        }
        catch (Exception failure)
        {
            await ReturnToQueue(context, failure);
            throw;
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("return-after-pause");

    async Task StoreOrReturn(ReceiveContext context, Exception failure)
    {
        try
        {
            await failures.Store(context, failure);
        }
        catch (Exception second)
        {
            await ReturnToQueue(context, second);
            throw;
        }
    }

    async Task ReturnToQueue(ReceiveContext context, Exception failure)
    {
        var delay = DelayAfter(context.TransportHeaders.Get<long>("x-delivery-count") ?? (context.Redelivered ? 2 : 0));
        log.LogWarning("A delivery on {Endpoint} returns to its queue in {Pause}: {Failure}", endpoint, delay, failure.Message);
        await clock.Delay(delay, stopping);
    }

    internal static TimeSpan DelayAfter(long deliveries) => TimeSpan.FromSeconds(Math.Min(MaxDelaySeconds, 1L << (int)Math.Clamp(deliveries, 0, 10)));
}
