using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace OrderSaga.Platform.Database;

/// <summary>A query of the order path, translated once. EF's compiled query belongs to one model, and a process can have several.</summary>
public sealed class CompiledQuery<TDb, TArgument, TResult>(Expression<Func<TDb, TArgument, IQueryable<TResult>>> query) where TDb : DbContext
{
    readonly ConditionalWeakTable<IModel, Func<TDb, TArgument, IAsyncEnumerable<TResult>>> compiled = [];

    public async Task<List<TResult>> Run(TDb db, TArgument argument) =>
        await compiled.GetValue(db.Model, _ => EF.CompileAsyncQuery(query))(db, argument).ToListAsync();
}
