using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Envelopes;

namespace OrderSaga.Platform.FailedMessages;

/// <summary>
/// The end of the line for a delivery that cannot be handled: kept whole in the database with its cause, then acknowledged.
/// If even that fails, the delivery goes back to the queue.
/// </summary>
sealed class StoreFailure<TDb>(string endpoint, IServiceProvider services) : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext> where TDb : ServiceDb
{
    readonly UnitOfWork<TDb> unitOfWork = services.GetRequiredService<UnitOfWork<TDb>>();
    readonly TimeProvider clock = services.GetRequiredService<TimeProvider>();
    readonly ILogger log = services.GetRequiredService<ILogger<StoreFailure<TDb>>>();

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        var root = context.Exception.GetBaseException();
        await Store(context, $"{root.GetType().Name}: {root.Message}", context.Exception.ToString());

        // Else MassTransit takes it for a message that nobody wanted, and it would be stored again.
        await context.NotifyFaulted(context.Exception);
    }

    /// <summary>Nothing at this endpoint takes the message.</summary>
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        Store(context, "UnknownMessageType: nothing at this queue takes it", "No consumer of the endpoint accepts the message's type.");

    public void Probe(ProbeContext context) => context.CreateFilterScope("store-failure");

    internal async Task Store(ReceiveContext context, string cause, string detail)
    {
        MessageContext? message = context.TryGetPayload(out ReceivedInside? inside) ? inside.Message
            : context.TryGetPayload(out ConsumeContext? whole) ? whole : null;
        var failed = new FailedMessage
        {
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Endpoint = endpoint,
            InputAddress = context.InputAddress.ToString(),
            MessageId = message?.MessageId ?? context.GetMessageId(),
            CorrelationId = message?.CorrelationId ?? context.GetCorrelationId(),
            MessageType = Cut(string.Join(' ', TypesOf(message)), 500),
            ContentType = Cut(context.ContentType?.ToString() ?? "", 100),
            Body = context.GetBody(),
            Headers = JsonSerializer.Serialize(context.TransportHeaders.GetAll().ToDictionary(header => header.Key, header => header.Value?.ToString())),
            Cause = Cut(cause, 500),
            Detail = Cut(detail, 4000),
            FailedAt = clock.GetUtcNow().UtcDateTime,
        };
        log.LogError("A message at {Endpoint} failed and is kept as {FailedMessageId}: {Cause}", endpoint, failed.Id, failed.Cause);
        await unitOfWork.RunPatiently(work => Keep(work, failed), context.CancellationToken);
    }

    /// <summary>A message that is delivered again, because its acknowledgement was lost or its sender repeats it, is kept once.</summary>
    static async Task Keep(Work work, FailedMessage failed)
    {
        var known = failed.MessageId is not null && await work.Db.FailedMessages.AnyAsync(row =>
            row.MessageId == failed.MessageId && row.Endpoint == failed.Endpoint && row.ReplayedAt == null);
        if (!known)
            work.Db.FailedMessages.Add(failed);
    }

    static IEnumerable<string> TypesOf(MessageContext? message) =>
        (message as SerializerContext)?.SupportedMessageTypes ?? (message as ConsumeContext)?.SupportedMessageTypes ?? [];

    static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}

/// <summary>
/// A body over <see cref="Limits.MessageBytes"/> is not read at all. It is stored from here, not thrown: MassTransit's error pipe
/// begins behind this filter, and the broker would deliver the message again for ever.
/// </summary>
sealed class RefuseHugeBodies<TDb>(int bytes, StoreFailure<TDb> failures) : IFilter<ReceiveContext> where TDb : ServiceDb
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => context.Body.Length is { } length && length > bytes
        ? failures.Store(context, $"MessageTooLarge: the body has {length} bytes", $"At most {bytes} bytes are read (Limits:MessageBytes).")
        : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("refuse-huge-bodies");
}
