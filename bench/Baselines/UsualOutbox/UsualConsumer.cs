using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OrderSaga.Contracts;

namespace OrderSaga.Bench;

/// <summary>
/// Handles each message in three steps: its inbox row in a separate transaction; the handler with change tracking in a second one, which
/// also writes the outbox rows and marks the inbox row; then the outbox rows one by one.
/// </summary>
abstract class UsualConsumer<TDb, T>(TDb db, UsualRelay relay, string endpoint, TimeProvider clock) : IConsumer<T>
    where TDb : UsualDb where T : class, IOrderMessage
{
    protected TDb Db => db;

    protected DateTime Now => clock.GetUtcNow().UtcDateTime;

    public async Task Consume(ConsumeContext<T> context)
    {
        var messageId = context.MessageId!.Value;
        var inbox = await Arrive(messageId);
        if (inbox.HandledAt is null)
        {
            await Handle(context.Message, new UsualOutbox(db, messageId, context.Message.OrderId, clock));
            inbox.HandledAt = Now;
            await db.SaveChangesAsync();
            if (db.Database.CurrentTransaction is { } transaction)
                await transaction.CommitAsync();
        }

        // Also for a duplicate: the first delivery may have stopped before it had sent everything.
        await relay.Send(db, messageId);
        Handled(context.Message);
    }

    /// <summary>Changes tracked rows; they are saved in one transaction afterwards.</summary>
    protected abstract Task Handle(T message, UsualOutbox outbox);

    protected virtual void Handled(T message)
    {
    }

    async Task<UsualInboxRow> Arrive(Guid messageId)
    {
        var row = new UsualInboxRow { MessageId = messageId, Endpoint = endpoint, ReceivedAt = Now };
        db.Inbox.Add(row);
        try
        {
            await db.SaveChangesAsync();
            return row;
        }
        catch (DbUpdateException known) when (known.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return await db.Inbox.SingleAsync(inbox => inbox.MessageId == messageId && inbox.Endpoint == endpoint);
        }
    }
}
