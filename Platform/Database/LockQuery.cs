using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Loads rows by key, locked in key order. EF compiles this query once per model; raw SQL it would parse and rewrite on every call, which
/// costs more than the rows. (On SQLite EF still rewrites the statement for the number of keys.)
/// </summary>
static class LockQuery<TEntity, TKey> where TEntity : class
{
    static readonly ConditionalWeakTable<IModel, Func<DbContext, TKey[], IAsyncEnumerable<TEntity>>> WaitForLocks = [];
    static readonly ConditionalWeakTable<IModel, Func<DbContext, TKey[], IAsyncEnumerable<TEntity>>> SkipLocked = [];

    /// <param name="db">The context that tracks the rows.</param>
    /// <param name="keys">Keys of the rows.</param>
    /// <param name="skipLocked">Skips rows locked by another transaction instead of waiting.</param>
    /// <param name="cancel">Ends the wait.</param>
    public static async Task<List<TEntity>> Run(DbContext db, TKey[] keys, bool skipLocked, CancellationToken cancel)
    {
        var query = skipLocked ? SkipLocked.GetValue(db.Model, model => Compile(model, ForUpdate.SkipLockedTag))
            : WaitForLocks.GetValue(db.Model, model => Compile(model, ForUpdate.Tag));
        return await query(db, keys).ToListAsync(cancel);
    }

    static Func<DbContext, TKey[], IAsyncEnumerable<TEntity>> Compile(IModel model, string tag)
    {
        var key = model.FindEntityType(typeof(TEntity))!.FindPrimaryKey()!.Properties[0].Name;
        return EF.CompileAsyncQuery<DbContext, TKey[], TEntity>((db, keys) => db.Set<TEntity>().TagWith(tag)
            .Where(row => Enumerable.Contains(keys, EF.Property<TKey>(row, key))).OrderBy(row => EF.Property<TKey>(row, key)));
    }
}

/// <summary>Adds FOR UPDATE on PostgreSQL, which EF cannot express. On SQLite the one writer's transaction locks everything.</summary>
sealed class ForUpdate : DbCommandInterceptor
{
    /// <summary>Tag of a query that locks its rows.</summary>
    public const string Tag = "for update";

    /// <summary>Tag of a query that locks its rows and skips those locked by another transaction.</summary>
    public const string SkipLockedTag = Tag + " skip locked";

    const string Marked = "-- " + Tag;
    const string MarkedSkipLocked = "-- " + SkipLockedTag;

    public static readonly ForUpdate Instance = new();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.StartsWith(Marked, StringComparison.Ordinal))
            command.CommandText += command.CommandText.StartsWith(MarkedSkipLocked, StringComparison.Ordinal) ? "\nFOR UPDATE SKIP LOCKED" : "\nFOR UPDATE";
        return ValueTask.FromResult(result);
    }
}
