using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Inbox;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Batches;

/// <summary>
/// One transaction under way and what belongs to it: the database, the messages that it decides, its audit rows. Scoped:
/// what is resolved from the transaction's scope gets the same one.
/// </summary>
public sealed class Work(TimeProvider clock)
{
    static readonly TimeSpan ManyRowsTimeout = TimeSpan.FromMinutes(10);

    readonly List<Action> afterCommit = [];
    ServiceDb? db;
    OutboxWriter? outbox;
    InboxChange inbox = InboxChange.None;

    public ServiceDb Db => db ?? throw new InvalidOperationException("No transaction is under way in this scope.");

    public IServiceProvider Services => Outbox.Services;

    /// <summary>What this transaction handles is certain to be new: the inbox was asked. A run without that certainty that fails is made again.</summary>
    public bool IsCertain { get; private set; }

    internal OutboxWriter Outbox => outbox ?? throw new InvalidOperationException("No transaction is under way in this scope.");

    internal Dialect Dialect { get; private set; } = null!;

    /// <summary>Publishes an event when the transaction commits.</summary>
    public Task Publish<T>(T message) where T : class
    {
        Outbox.Publish(message, clock.GetUtcNow().UtcDateTime);
        return Task.CompletedTask;
    }

    /// <summary>Sends a command or an answer to a queue when the transaction commits, together with all that it sends there.</summary>
    public Task Send<T>(string queue, T message) where T : class
    {
        Outbox.Send(queue, message);
        return Task.CompletedTask;
    }

    /// <summary>Runs after the commit, never without it, and not after a crash: for hand-overs that something else makes good.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    /// <summary>Notes a state change in the same transaction.</summary>
    public void Audit(string subject, string subjectId, string from, string to, string cause, string? detail = null) =>
        Db.Audit.Add(new AuditRow
        {
            At = clock.GetUtcNow().UtcDateTime,
            Subject = subject,
            SubjectId = subjectId,
            From = from,
            To = to,
            Cause = cause,
            Detail = detail,
        });

    /// <summary>Loads and tracks rows by key, locked in the order of the keys until the commit; one statement.</summary>
    public Task<List<TEntity>> Lock<TEntity, TKey>(IEnumerable<TKey> keys) where TEntity : class where TKey : notnull =>
        Lock<TEntity, TKey>(keys, passLocked: false);

    /// <summary>
    /// As <see cref="Lock{TEntity,TKey}(IEnumerable{TKey})"/>, without the rows that another transaction has locked: for what is looked for again.
    /// </summary>
    public Task<List<TEntity>> TryLock<TEntity, TKey>(IEnumerable<TKey> keys) where TEntity : class where TKey : notnull =>
        Lock<TEntity, TKey>(keys, passLocked: true);

    Task<List<TEntity>> Lock<TEntity, TKey>(IEnumerable<TKey> keys, bool passLocked) where TEntity : class where TKey : notnull
    {
        var distinct = keys.Distinct().ToList();
        return distinct.Count == 0 ? Task.FromResult(new List<TEntity>()) : Dialect.Lock<TEntity, TKey>(Db, distinct, passLocked);
    }

    /// <summary>From here on this transaction waits no more than a moment for a lock.</summary>
    internal Task HurryLocks() => Dialect.HurryLocks is { } statement ? Db.Execute(statement) : Task.CompletedTask;

    /// <summary>
    /// Writes what is tracked so far, in the transaction under way, and forgets it: a transaction over many rows holds few of them in memory.
    /// </summary>
    public async Task Flush()
    {
        Detect();
        await Dialect.Save(Db, InboxChange.None, OutboxChange.None);
        Db.ChangeTracker.Clear();
    }

    /// <summary>
    /// From here on a statement of this transaction may take minutes, also while an HTTP caller waits for it: it changes as many rows as there are, so
    /// it would not be done sooner the next time.
    /// </summary>
    public void ChangesManyRows() => Db.Database.SetCommandTimeout(ManyRowsTimeout);

    internal void Begin(ServiceDb begun, Dialect dialect, OutboxWriter writer)
    {
        (db, Dialect, outbox) = (begun, dialect, writer);
        begun.Database.AutoSavepointsEnabled = false;
        begun.ChangeTracker.AutoDetectChangesEnabled = false;
    }

    /// <summary>These are handled by this transaction; it fails as a conflict when one of them was before.</summary>
    internal void Received(string endpoint, IReadOnlyList<Guid> messages, bool asked) => (inbox, IsCertain) = (new(endpoint, messages), asked);

    /// <summary>Writes what is tracked, the inbox and the outbox, and ends the transaction.</summary>
    internal Task Commit(OutboxChange outbox)
    {
        Detect();
        return Dialect.Commit(Db, inbox, outbox);
    }

    internal void Committed() => afterCommit.ForEach(action => action());

    void Detect()
    {
        Db.ChangeTracker.DetectChanges();
        foreach (var entry in Db.ChangeTracker.Entries<IVersioned>())
        {
            if (entry.State == EntityState.Modified)
                entry.Property(row => row.Version).CurrentValue = entry.Entity.Version + 1;
        }
    }
}

/// <summary>A row whose version counts its changes; map it as the concurrency token.</summary>
public interface IVersioned
{
    long Version { get; set; }
}
