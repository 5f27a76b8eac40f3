using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Metadata;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Rows by key, locked in the order of the key. EF compiles the query once for each model; a statement that is given to it as SQL it would take apart and
/// write anew each time, which costs a process more than the rows do. (On SQLite it still writes the statement for the number of keys.)
/// </summary>
static class LockQuery<TEntity, TKey> where TEntity : class
{
    static readonly ConditionalWeakTable<IModel, Func<DbContext, TKey[], IAsyncEnumerable<TEntity>>> Waiting = [];
    static readonly ConditionalWeakTable<IModel, Func<DbContext, TKey[], IAsyncEnumerable<TEntity>>> Passing = [];

    /// <param name="db">Where.</param>
    /// <param name="keys">Which rows.</param>
    /// <param name="passLocked">Rows that another transaction has locked are left out, not waited for.</param>
    public static async Task<List<TEntity>> Run(DbContext db, TKey[] keys, bool passLocked)
    {
        var query = passLocked ? Passing.GetValue(db.Model, model => Compile(model, ForUpdate.PassingTag))
            : Waiting.GetValue(db.Model, model => Compile(model, ForUpdate.Tag));
        return await query(db, keys).ToListAsync();
    }

    static Func<DbContext, TKey[], IAsyncEnumerable<TEntity>> Compile(IModel model, string tag)
    {
        var key = model.FindEntityType(typeof(TEntity))!.FindPrimaryKey()!.Properties[0].Name;
        return EF.CompileAsyncQuery<DbContext, TKey[], TEntity>((db, keys) => db.Set<TEntity>().TagWith(tag)
            .Where(row => Enumerable.Contains(keys, EF.Property<TKey>(row, key))).OrderBy(row => EF.Property<TKey>(row, key)));
    }
}

/// <summary>Locks what a query reads, on PostgreSQL: EF has no word for that. SQLite has one writer, whose transaction is a lock on all.</summary>
sealed class ForUpdate : DbCommandInterceptor
{
    /// <summary>A query with this tag locks.</summary>
    public const string Tag = "for update";

    /// <summary>A query with this tag locks the rows that no other transaction has locked.</summary>
    public const string PassingTag = Tag + " skip locked";

    const string Marked = "-- " + Tag;
    const string MarkedPassing = "-- " + PassingTag;

    public static readonly ForUpdate Instance = new();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.StartsWith(Marked, StringComparison.Ordinal))
            command.CommandText += command.CommandText.StartsWith(MarkedPassing, StringComparison.Ordinal) ? "\nFOR UPDATE SKIP LOCKED" : "\nFOR UPDATE";
        return ValueTask.FromResult(result);
    }
}
