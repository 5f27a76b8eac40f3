using System.Diagnostics;
using System.Text.Json;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Middleware.Outbox;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Outbox;

/// <summary>A serialized message on its way: in the outbox's table, or from there to the broker.</summary>
sealed record OutboxMessage(
    Guid Id, string Destination, string MessageType, string ContentType, string Body, string? TraceParent, Guid? CorrelationId, int Attempts = 0);

/// <summary>Takes what one transaction sends and publishes, and writes it as rows of that transaction.</summary>
sealed class OutboxWriter(IServiceProvider services) : OutboxSendContext
{
    static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);
    readonly List<OutboxMessage> messages = [];

    public IServiceProvider Services => services;

    /// <summary>Who has the rows first: this transaction's process.</summary>
    public Guid Lease { get; } = NewId.NextSequentialGuid();

    public IReadOnlyList<OutboxMessage> Messages => messages;

    public object? GetService(Type serviceType) => services.GetService(serviceType);

    public async Task Publish<T>(T message) where T : class
    {
        var provider = new OutboxPublishEndpointProvider(this, services.GetRequiredService<IBus>());
        await (await provider.GetPublishSendEndpoint<T>()).Send(message);
    }

    public async Task Send<T>(string queue, T message) where T : class
    {
        var provider = new OutboxSendEndpointProvider(this, services.GetRequiredService<IBus>());
        await (await provider.GetSendEndpoint(new Uri("queue:" + queue))).Send(message);
    }

    /// <summary>MassTransit's extension point: a send that was made inside the transaction.</summary>
    public Task AddSend<T>(SendContext<T> context) where T : class
    {
        context.CorrelationId ??= services.GetRequiredService<MessagingSetup>().CorrelationOf(context.Message);
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

    public Task Insert(ServiceDb db, Dialect dialect, int leaseSeconds) => messages.Count == 0
        ? Task.CompletedTask
        : db.Execute(dialect.InsertOutbox, ("rows", JsonSerializer.Serialize(messages.Select(Upper), CamelCase)), ("lease", Lease), ("seconds", leaseSeconds));

    /// <summary>SQLite keeps Guids as upper-case text, the others do not mind.</summary>
    static object Upper(OutboxMessage message) => new
    {
        Id = Dialect.Text(message.Id),
        message.Destination,
        message.MessageType,
        message.ContentType,
        message.Body,
        message.TraceParent,
        CorrelationId = message.CorrelationId is { } id ? Dialect.Text(id) : null,
    };
}
