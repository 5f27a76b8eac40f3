using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Platform.Database;

/// <summary>
/// SQL that EF cannot express, for each engine. Set-based, with arrays (PostgreSQL) or one JSON array as parameter, so that a batch of any
/// size is one statement with one plan. Everything else uses EF.
/// </summary>
public abstract class Dialect
{
    /// <summary>True if only one transaction can write at a time, whatever its rows.</summary>
    public virtual bool HasSingleWriter => false;

    /// <summary>Reads the server's time, UTC; null if there is no server.</summary>
    public virtual string? ReadClock => null;

    /// <summary>Limits lock waits of the current transaction to a moment; null with one writer.</summary>
    public virtual string? ShortenLockTimeout => null;

    /// <summary>A write for the health check; fails if the database accepts no writes. One row for all processes.</summary>
    public abstract string Probe { get; }

    /// <summary>@endpoint, @rows [id]: records handled messages; violates the key if one is already recorded.</summary>
    public abstract string InsertInbox { get; }

    /// <summary>@rows [{id, destination, messageType, contentType, body, traceParent, correlationId}] (PostgreSQL: see <see cref="Rows"/>),
    /// @lease, @seconds: inserts outbox rows, leased to @lease for @seconds.</summary>
    public abstract string InsertOutbox { get; }

    /// <summary>@rows [id]: deletes rows confirmed by the broker.</summary>
    public abstract string DeleteOutbox { get; }

    /// <summary>@lease, @seconds, @limit: claims overdue rows, oldest first, for @seconds; returns their ids.</summary>
    public abstract string ClaimOutbox { get; }

    /// <summary>
    /// @rows [id], @lease, @seconds, @counted (0 or 1), @parked (0 or 1), @error: records a failed send; retry in @seconds, or park.
    /// </summary>
    public abstract string DelayOutbox { get; }

    /// <summary>
    /// @rows [{id, version}] (PostgreSQL: see <see cref="Rows"/>), @seconds: leases the rows without a lease at this or a later version, for
    /// @seconds; returns their ids. A lease that ends later than twice @seconds from now was made by a clock that was ahead, and counts as
    /// ended.
    /// </summary>
    public abstract string ClaimLeases { get; }

    /// <summary>
    /// @from, @before, @limit: deletes the oldest rows of <paramref name="table"/> whose <paramref name="time"/> lies between @from and
    /// @before and that meet the condition <paramref name="only"/>. Skips rows locked by others. Returns their times.
    /// </summary>
    public abstract string DeleteOld(string table, string time, string only);

    /// <summary>Truncates a log file that has grown, without waiting for other transactions.</summary>
    internal virtual Task TrimLog(DbContext db) => Task.CompletedTask;

    /// <summary>Loads and tracks the entities with these keys and locks their rows in key order until the transaction ends; one statement.
    /// Missing keys are left out, and with <paramref name="skipLocked"/> also rows locked by another transaction.</summary>
    public virtual Task<List<TEntity>> Lock<TEntity, TKey>(DbContext db, IReadOnlyList<TKey> keys, bool skipLocked, CancellationToken cancel)
        where TEntity : class =>
        LockQuery<TEntity, TKey>.Run(db, [.. keys], skipLocked, cancel);

    /// <summary>
    /// Writes the detected changes of tracked rows, and the rows <paramref name="added"/>, in the current transaction, between the given statements.
    /// </summary>
    internal virtual async Task Save(
        DbContext db, IReadOnlyList<object> added, IReadOnlyList<SqlStatement> before, IReadOnlyList<SqlStatement> after)
    {
        db.AddRange(added);
        foreach (var statement in before)
            await db.Execute(statement.Text, statement.Parameters);
        await db.SaveChangesAsync();
        foreach (var statement in after)
            await db.Execute(statement.Text, statement.Parameters);
    }

    /// <summary>As <see cref="Save"/>, then commits.</summary>
    internal virtual async Task Commit(
        DbContext db, IReadOnlyList<object> added, IReadOnlyList<SqlStatement> before, IReadOnlyList<SqlStatement> after)
    {
        await Save(db, added, before, after);
        await db.Database.CommitTransactionAsync();
    }

    /// <summary>Closes pooled connections: after a failover only new ones reach the server that accepts writes.</summary>
    internal virtual void ResetConnections(string connection)
    {
    }

    /// <summary>Keys as a statement's parameter: a JSON array; Guids upper case, as SQLite stores them.</summary>
    public virtual object Keys<TKey>(IEnumerable<TKey> keys) =>
        JsonSerializer.Serialize(keys.Select(key => key is Guid id ? Text(id) : key!.ToString()));

    /// <summary>
    /// Rows, given by column, as a statement's parameters: @rows, a JSON array (PostgreSQL: an array for each column). Guids upper case, as
    /// SQLite stores them; SQL Server accepts either case.
    /// </summary>
    internal virtual IEnumerable<(string Name, object? Value)> Rows(params (string Name, Array Values)[] columns)
    {
        var rows = Enumerable.Range(0, columns[0].Values.Length).Select(row => columns.ToDictionary(
            column => column.Name, column => WithUpperCaseId(column.Values.GetValue(row))));
        return [("rows", JsonSerializer.Serialize(rows))];
    }

    static object? WithUpperCaseId(object? value) => value is Guid id ? Text(id) : value;

    public static string Text(Guid id) => id.ToString("D").ToUpperInvariant();

    public static Dialect For(DatabaseMode mode, DatabaseSettings? settings = null) => mode switch
    {
        DatabaseMode.PostgreSql => new PostgreSqlDialect(settings),
        DatabaseMode.SqlServer => new SqlServerDialect { LockTimeoutMilliseconds = (settings ?? new DatabaseSettings()).LockTimeoutMilliseconds },
        _ => new SqliteDialect(),
    };
}
