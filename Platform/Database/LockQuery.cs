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
    static readonly ConditionalWeakTable<IModel, Func<DbContext, TKey[], IAsyncEnumerable<TEntity>>> Queries = [];

    public static async Task<List<TEntity>> Run(DbContext db, TKey[] keys) => await Queries.GetValue(db.Model, Compile)(db, keys).ToListAsync();

    static Func<DbContext, TKey[], IAsyncEnumerable<TEntity>> Compile(IModel model)
    {
        var key = model.FindEntityType(typeof(TEntity))!.FindPrimaryKey()!.Properties[0].Name;
        return EF.CompileAsyncQuery<DbContext, TKey[], TEntity>((db, keys) => db.Set<TEntity>().TagWith(ForUpdate.Tag)
            .Where(row => Enumerable.Contains(keys, EF.Property<TKey>(row, key))).OrderBy(row => EF.Property<TKey>(row, key)));
    }
}

/// <summary>Locks what a query reads, on PostgreSQL: EF has no word for that. SQLite has one writer, whose transaction is a lock on all.</summary>
sealed class ForUpdate : DbCommandInterceptor
{
    /// <summary>A query with this tag locks.</summary>
    public const string Tag = "for update";

    const string Marked = "-- " + Tag;

    public static readonly ForUpdate Instance = new();

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.StartsWith(Marked, StringComparison.Ordinal))
            command.CommandText += "\nFOR UPDATE";
        return ValueTask.FromResult(result);
    }
}
