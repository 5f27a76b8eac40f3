using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Database;

/// <summary>
/// The statements that EF has no words for, in the three dialects: set-based, with arrays (PostgreSQL) or one JSON array as
/// their parameter, so that a batch of any size is one statement with one plan. Everything else is EF.
/// </summary>
public abstract class Dialect
{
    /// <summary>Only one transaction can write at a time, whatever the rows.</summary>
    public virtual bool OneWriter => false;

    /// <summary>The server's time, UTC; none where there is no server.</summary>
    public virtual string? ReadClock => null;

    /// <summary>In a transaction: its statements wait no more than a moment for a lock. None where there is one writer.</summary>
    public virtual string? HurryLocks => null;

    /// <summary>Writes, whatever the business: fails when the database takes no writes. One row for all processes.</summary>
    public abstract string Probe { get; }

    /// <summary>@endpoint, @rows [id]: remembers the messages; violates the key when one is remembered already.</summary>
    public abstract string InsertInbox { get; }

    /// <summary>@rows [{id, destination, messageType, contentType, body, traceParent, correlationId}] (PostgreSQL: an array for each), @lease, @seconds:
    /// writes outbox rows that @lease has to itself for @seconds.</summary>
    public abstract string InsertOutbox { get; }

    /// <summary>@rows [id]: the broker has confirmed them.</summary>
    public abstract string DeleteOutbox { get; }

    /// <summary>@lease, @seconds, @limit: claims overdue rows, oldest first, for @seconds; returns their ids.</summary>
    public abstract string ClaimOutbox { get; }

    /// <summary>@rows [id], @lease, @seconds, @counted (0 or 1), @parked (0 or 1), @error: could not be sent; try again in @seconds, or park.</summary>
    public abstract string DelayOutbox { get; }

    /// <summary>
    /// @rows [{id, version}] (PostgreSQL: an array for each), @seconds: leases those that are not leased at this version or a later one, for
    /// @seconds; returns their ids. A lease that ends later than @seconds from now was made by a clock that was ahead, and has ended.
    /// </summary>
    public abstract string ClaimLeases { get; }

    /// <summary>
    /// @from, @before, @limit: deletes rows of <paramref name="table"/> whose <paramref name="time"/> lies between @from and @before and that meet the
    /// condition <paramref name="only"/>, the oldest first, without waiting for locks of others; returns their times.
    /// </summary>
    public abstract string DeleteOld(string table, string time, string only);

    /// <summary>Cuts back a log file that has grown; without waiting for anybody.</summary>
    internal virtual Task TrimLog(DbContext db) => Task.CompletedTask;

    /// <summary>The tracked entities with these keys, their rows locked in the order of the keys until the transaction ends; one statement. Missing keys are
    /// simply not there; so are rows that another transaction has locked, if <paramref name="passLocked"/>.</summary>
    public virtual Task<List<TEntity>> Lock<TEntity, TKey>(DbContext db, IReadOnlyList<TKey> keys, bool passLocked) where TEntity : class =>
        LockQuery<TEntity, TKey>.Run(db, [.. keys], passLocked);

    /// <summary>Writes the tracked rows, whose changes have been detected, the inbox and the outbox, in the transaction under way.</summary>
    internal virtual async Task Save(ServiceDb db, InboxChange inbox, OutboxChange outbox)
    {
        if (inbox.Messages.Count > 0)
            await db.Execute(InsertInbox, ("endpoint", inbox.Endpoint), ("rows", Keys(inbox.Messages)));
        await db.SaveChangesAsync();
        if (outbox.Added.Count > 0)
            await db.Execute(InsertOutbox, [.. OutboxRows(outbox.Added), ("lease", outbox.Lease), ("seconds", outbox.LeaseSeconds)]);
        if (outbox.Confirmed.Count > 0)
            await db.Execute(DeleteOutbox, ("rows", Keys(outbox.Confirmed)));
    }

    /// <summary>As <see cref="Save"/>, and ends the transaction.</summary>
    internal virtual async Task Commit(ServiceDb db, InboxChange inbox, OutboxChange outbox)
    {
        await Save(db, inbox, outbox);
        await db.Database.CommitTransactionAsync();
    }

    /// <summary>Connections that are open stay as they are: after a failover they must be opened again to reach the server that takes writes.</summary>
    internal virtual void Reconnect(string connection)
    {
    }

    /// <summary>Keys as the parameter of a statement: a JSON array; Guids upper case, as SQLite stores them.</summary>
    public virtual object Keys<TKey>(IEnumerable<TKey> keys) =>
        JsonSerializer.Serialize(keys.Select(key => key is Guid id ? Text(id) : key!.ToString()));

    /// <summary>The parameters of <see cref="InsertOutbox"/> that are the rows.</summary>
    internal virtual IEnumerable<(string Name, object? Value)> OutboxRows(IReadOnlyList<OutboxMessage> messages) =>
        [("rows", JsonSerializer.Serialize(messages.Select(Upper), JsonSerializerOptions.Web))];

    /// <summary>The parameters of <see cref="ClaimLeases"/> that are the rows.</summary>
    internal virtual IEnumerable<(string Name, object? Value)> LeaseRows(IEnumerable<(Guid Id, long Version)> rows) =>
        [("rows", JsonSerializer.Serialize(rows.Select(row => new { Id = Text(row.Id), row.Version }), JsonSerializerOptions.Web))];

    /// <summary>SQLite keeps Guids as upper-case text, SQL Server does not mind.</summary>
    static object Upper(OutboxMessage message) => new
    {
        Id = Text(message.Id),
        message.Destination,
        message.MessageType,
        message.ContentType,
        message.Body,
        message.TraceParent,
        CorrelationId = message.CorrelationId is { } id ? Text(id) : null,
    };

    public static string Text(Guid id) => id.ToString("D").ToUpperInvariant();

    public static Dialect For(DatabaseMode mode, DatabaseSettings? settings = null) => mode switch
    {
        DatabaseMode.PostgreSql => new PostgreSqlDialect(settings),
        DatabaseMode.SqlServer => new SqlServerDialect { LockTimeoutMilliseconds = (settings ?? new DatabaseSettings()).LockTimeoutMilliseconds },
        _ => new SqliteDialect(),
    };
}
