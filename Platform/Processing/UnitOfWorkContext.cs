using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Processing;

/// <summary>
/// The current transaction: its database, outgoing messages and audit rows. Scoped: services of the transaction's scope share one instance.
/// </summary>
public sealed class UnitOfWorkContext(TimeProvider clock)
{
    static readonly TimeSpan LongStatementTimeout = TimeSpan.FromMinutes(10);

    readonly List<Action> afterCommit = [];
    readonly List<AuditRow> audit = [];
    ServiceDb? db;
    OutboxWriter? outbox;
    string? caller;
    CancellationToken cancel;
    InboxChange inbox = InboxChange.None;

    public ServiceDb Db => db ?? throw new InvalidOperationException("No transaction is active in this scope.");

    public IServiceProvider Services => Outbox.Services;

    /// <summary>The lane of the queue whose messages this transaction handles; null outside of a queue.</summary>
    public string? Lane { get; internal set; }

    internal OutboxWriter Outbox => outbox ?? throw new InvalidOperationException("No transaction is active in this scope.");

    internal Dialect Dialect { get; private set; } = null!;

    /// <summary>Publishes an event when the transaction commits.</summary>
    public Task Publish<T>(T message) where T : class
    {
        Outbox.Publish(message, clock.GetUtcNow().UtcDateTime);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Sends a command or an answer to a queue when the transaction commits, packed with its other messages to that queue.
    /// </summary>
    public Task Send<T>(string queue, T message) where T : class
    {
        Outbox.Send(queue, message);
        return Task.CompletedTask;
    }

    /// <summary>
    /// Runs the action after the commit, unless the process crashes first. Use it only for what may be lost, such as metrics and hints.
    /// </summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    /// <summary>Writes an audit row for a state change in the same transaction.</summary>
    /// <param name="subject">What changes.</param>
    /// <param name="subjectId">Its id.</param>
    /// <param name="from">State before; empty for a new row.</param>
    /// <param name="to">State after.</param>
    /// <param name="cause">The message, call or job.</param>
    /// <param name="detail">Optional explanation.</param>
    /// <param name="actor">Who asked for it; null: the caller of the HTTP request that runs this transaction, if it has one.</param>
    public void Audit(string subject, string subjectId, string from, string to, string cause, string? detail = null, string? actor = null)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        // Whole microseconds, which every database stores: Mark is the hash of the row as it is stored.
        var row = new AuditRow
        {
            At = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            Subject = Text.Storable(subject),
            SubjectId = Text.Storable(subjectId),
            From = Text.Storable(from),
            To = Text.Storable(to),
            Cause = Text.Storable(cause),
            Detail = detail is null ? null : Text.Storable(detail),
            Actor = (actor ?? caller) is { } by ? Text.Storable(by) : null,
        };
        row.Mark = AuditSeal.MarkOf(row);
        audit.Add(row);
    }

    /// <summary>Loads, tracks and locks rows until the commit, in the order of their keys, with one statement.</summary>
    public Task<List<TEntity>> Lock<TEntity, TKey>(IEnumerable<TKey> keys) where TEntity : class where TKey : notnull =>
        Lock<TEntity, TKey>(keys, skipLocked: false);

    /// <summary>
    /// As <see cref="Lock{TEntity,TKey}(IEnumerable{TKey})"/>, but skips rows locked by another transaction: for work that is repeated
    /// later.
    /// </summary>
    public Task<List<TEntity>> TryLock<TEntity, TKey>(IEnumerable<TKey> keys) where TEntity : class where TKey : notnull =>
        Lock<TEntity, TKey>(keys, skipLocked: true);

    Task<List<TEntity>> Lock<TEntity, TKey>(IEnumerable<TKey> keys, bool skipLocked) where TEntity : class where TKey : notnull
    {
        var distinct = keys.Distinct().ToList();
        return distinct.Count == 0 ? Task.FromResult(new List<TEntity>()) : Dialect.Lock<TEntity, TKey>(Db, distinct, skipLocked, cancel);
    }

    /// <summary>From now on this transaction waits only briefly for locks.</summary>
    internal Task ShortenLockTimeout() => Dialect.ShortenLockTimeout is { } statement ? Db.Execute(statement) : Task.CompletedTask;

    /// <summary>
    /// Writes the tracked changes in the current transaction and clears the change tracker: a transaction over many rows keeps few of them
    /// in memory.
    /// </summary>
    public async Task Flush()
    {
        DetectChanges();
        await Dialect.Save(Db, audit, [], []);
        audit.Clear();
        Db.ChangeTracker.Clear();
    }

    /// <summary>
    /// From now on a statement of this transaction may take minutes, even in an HTTP request. For statements that change an unbounded
    /// number of rows: a retry would take as long.
    /// </summary>
    public void AllowLongStatements() => Db.Database.SetCommandTimeout(LongStatementTimeout);

    internal void Begin(ServiceDb current, Dialect dialect, OutboxWriter writer, string? caller, CancellationToken cancel)
    {
        (db, Dialect, outbox, this.caller, this.cancel) = (current, dialect, writer, caller, cancel);
        current.Database.AutoSavepointsEnabled = false;
        current.ChangeTracker.AutoDetectChangesEnabled = false;
    }

    /// <summary>Sets the messages handled by this transaction; the commit fails as a conflict if one was handled before.</summary>
    internal void SetInboxRows(string endpoint, IReadOnlyList<Guid> messages) => inbox = new(endpoint, messages);

    /// <summary>Writes the tracked changes, the inbox and the outbox, and commits.</summary>
    internal Task Commit(OutboxChange outbox)
    {
        DetectChanges();
        return Dialect.Commit(Db, audit, inbox.Statements(Dialect), outbox.Statements(Dialect));
    }

    internal void RunAfterCommit() => afterCommit.ForEach(action => action());

    void DetectChanges()
    {
        Db.ChangeTracker.DetectChanges();
        foreach (var entry in Db.ChangeTracker.Entries<IVersioned>())
        {
            if (entry.State == EntityState.Modified)
                entry.Property(row => row.Version).CurrentValue = entry.Entity.Version + 1;
        }
    }
}

/// <summary>A row with a change counter; map it as the concurrency token.</summary>
public interface IVersioned
{
    long Version { get; set; }
}
