using System.Text.Json;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

/// <summary>The outgoing messages of one handler, stored as rows of its transaction.</summary>
sealed class UsualOutbox(UsualDb db, Guid lease, Guid order, TimeProvider clock)
{
    public void Publish<T>(T message) where T : class => Add("", message);

    public void Send<T>(string queue, T message) where T : class => Add("exchange:" + queue, message);

    void Add<T>(string destination, T message) where T : class
    {
        var now = clock.GetUtcNow();
        db.Outbox.Add(new UsualOutboxRow
        {
            Id = Guid.CreateVersion7(now), Destination = destination, MessageType = typeof(T).Name, Body = JsonSerializer.Serialize(message),
            CorrelationId = order, CreatedAt = now.UtcDateTime, Lease = lease, NextAttemptAt = now.UtcDateTime,
        });
    }
}

/// <summary>
/// Reads the rows of one transaction back and sends them one by one: each confirmed by the broker, then deleted with its own statement.
/// </summary>
sealed class UsualRelay(IBus bus)
{
    static readonly Dictionary<string, Type> Types = typeof(IOrderMessage).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IOrderMessage))).ToDictionary(type => type.Name);

    public async Task Send(UsualDb db, Guid lease)
    {
        foreach (var row in await db.Outbox.AsNoTracking().Where(row => row.Lease == lease).OrderBy(row => row.Id).ToListAsync())
        {
            await Send(row);
            await db.Outbox.Where(sent => sent.Id == row.Id).ExecuteDeleteAsync();
        }
    }

    async Task Send(UsualOutboxRow row)
    {
        var type = Types[row.MessageType];
        var message = JsonSerializer.Deserialize(row.Body, type)!;
        void Same(SendContext context) => (context.MessageId, context.CorrelationId) = (row.Id, row.CorrelationId);
        if (row.Destination.Length == 0)
            await bus.Publish(message, type, Pipe.Execute<PublishContext>(Same));
        else
            await (await bus.GetSendEndpoint(new Uri(row.Destination))).Send(message, type, Pipe.Execute<SendContext>(Same));
    }
}
