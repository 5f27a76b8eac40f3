using System.Diagnostics;
using System.Net.Mime;
using MassTransit;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Envelopes;

namespace OrderSaga.Platform.Outbox;

/// <summary>An outbox row: one message, an envelope, or several events of one type.</summary>
sealed record OutboxMessage(
    Guid Id, string Destination, string MessageType, string ContentType, string Body, string? TraceParent, Guid? CorrelationId, int Attempts = 0)
{
    /// <summary>A row of several messages; a single message gives the row its trace and correlation id.</summary>
    public static OutboxMessage Of(string destination, ContentType contentType, string body, IReadOnlyList<PendingMessage> inside) => new(
        NewId.NextSequentialGuid(), destination, TypeNames(inside), contentType.ToString(), body,
        inside.Count == 1 ? inside[0].TraceParent : null, inside.Count == 1 ? inside[0].CorrelationId : null);

    /// <summary>Example: <c>TryReserveStock x 50</c>.</summary>
    static string TypeNames(IReadOnlyList<PendingMessage> inside)
    {
        var names = string.Join(", ", inside.GroupBy(message => message.Message.GetType().Name).Select(same => $"{same.Key} x {same.Count()}"));
        return inside.Count == 1 ? inside[0].Message.GetType().Name : names[..Math.Min(names.Length, 200)];
    }
}

/// <summary>The outbox changes of a transaction.</summary>
/// <param name="Added">Rows to insert.</param>
/// <param name="Lease">Lease of the process that sends them for <paramref name="LeaseSeconds"/>.</param>
/// <param name="LeaseSeconds">Length of the lease by the database's clock, seconds.</param>
/// <param name="Confirmed">Rows of earlier transactions, confirmed by the broker: to delete.</param>
sealed record OutboxChange(IReadOnlyList<OutboxMessage> Added, Guid Lease, int LeaseSeconds, IReadOnlyList<Guid> Confirmed)
{
    public IReadOnlyList<SqlStatement> Statements(Dialect dialect)
    {
        var statements = new List<SqlStatement>();
        if (Added.Count > 0)
            statements.Add(new(dialect.InsertOutbox, [.. Rows(dialect), ("lease", Lease), ("seconds", LeaseSeconds)]));
        if (Confirmed.Count > 0)
            statements.Add(new(dialect.DeleteOutbox, ("rows", dialect.Keys(Confirmed))));
        return statements;
    }

    IEnumerable<(string Name, object? Value)> Rows(Dialect dialect) => dialect.Rows(
        ("id", Column(message => message.Id)), ("destination", Column(message => message.Destination)),
        ("messageType", Column(message => message.MessageType)), ("contentType", Column(message => message.ContentType)),
        ("body", Column(message => message.Body)), ("traceParent", Column(message => message.TraceParent)),
        ("correlationId", Column(message => message.CorrelationId)));

    T[] Column<T>(Func<OutboxMessage, T> value) => [.. Added.Select(value)];
}

/// <summary>
/// Collects and packs the messages of one transaction. Commands and answers to our own queues: one row per envelope. Events: a row has
/// several events of one type, which are sent as single messages. Messages that consumers send through MassTransit's own API get a row
/// each.
/// </summary>
sealed class OutboxWriter(IServiceProvider services) : OutboxSendContext
{
    readonly Correlations correlations = services.GetRequiredService<Correlations>();
    readonly List<OutboxMessage> messages = [];
    readonly Dictionary<string, List<PendingMessage>> envelopes = [];
    readonly Dictionary<Type, List<PendingMessage>> events = [];

    public IServiceProvider Services => services;

    /// <summary>The lease with which this process sends the rows right after the commit.</summary>
    public Guid Lease { get; } = NewId.NextSequentialGuid();

    public IReadOnlyList<OutboxMessage> Messages => messages;

    public object? GetService(Type serviceType) => services.GetService(serviceType);

    /// <summary>Adds an event to the row of its type.</summary>
    public void Publish<T>(T message, DateTime at) where T : class => Pack(events, typeof(T), message, at);

    /// <summary>Adds a message to the envelope for this queue.</summary>
    public void Send(string queue, object message) => Pack(envelopes, queue, message, null);

    /// <summary>Packs the collected messages into rows. Nothing can be added afterwards.</summary>
    public void CreateRows(Limits limits)
    {
        foreach (var (queue, packed) in envelopes)
            AddRows(StoredMessage.QueueAddress(queue), Envelope.ContentType, packed, limits);
        foreach (var (type, packed) in events)
            AddRows(AddressOf(type, services), EventRow.ContentType, packed, limits);
    }

    void Pack<TKey>(Dictionary<TKey, List<PendingMessage>> rows, TKey key, object message, DateTime? publishedAt) where TKey : notnull
    {
        if (!rows.TryGetValue(key, out var packed))
            rows.Add(key, packed = []);
        packed.Add(new PendingMessage(NewId.NextSequentialGuid(), correlations.Of(message), Activity.Current?.Id, message, publishedAt));
    }

    void AddRows(string destination, ContentType contentType, List<PendingMessage> packed, Limits limits)
    {
        foreach (var (body, inside) in Envelope.Pack(packed, limits.EnvelopeSize, limits.MaxMessageBytes / 2))
            messages.Add(OutboxMessage.Of(destination, contentType, body, inside));
    }

    /// <summary>The address of an event's exchange.</summary>
    public static string AddressOf(Type type, IServiceProvider services) =>
        services.GetRequiredService<IBus>().Topology.TryGetPublishAddress(type, out var address)
            ? address.ToString()
            : throw new InvalidOperationException($"{type.Name} cannot be published: the bus has no address for it.");

    /// <summary>MassTransit's extension point for sends inside the transaction.</summary>
    public Task AddSend<T>(SendContext<T> context) where T : class
    {
        context.CorrelationId ??= correlations.Of(context.Message);
        messages.Add(new OutboxMessage(
            context.MessageId ?? NewId.NextSequentialGuid(),
            context.DestinationAddress!.ToString(),
            typeof(T).Name,
            context.Serializer.ContentType.ToString(),
            context.Serializer.GetMessageBody(context).GetString(),
            Activity.Current?.Id,
            context.CorrelationId));
        return Task.CompletedTask;
    }
}
