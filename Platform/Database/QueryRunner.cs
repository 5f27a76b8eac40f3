using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Database;

/// <summary>Runs single statements on one database, each in its own transaction.</summary>
public sealed class QueryRunner<TDb>(IServiceScopeFactory scopes, Database<TDb> database) where TDb : DbContext
{
    internal Dialect Dialect => database.Dialect;

    public async Task<T> Run<T>(Func<TDb, Task<T>> statement)
    {
        await database.Writer.WaitAsync();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await Run(scope.ServiceProvider.GetRequiredService<TDb>(), statement);
        }
        finally
        {
            database.Writer.Release();
        }
    }

    async Task<T> Run<T>(TDb db, Func<TDb, Task<T>> statement)
    {
        try
        {
            return await statement(db);
        }
        catch (Exception failure) when (DatabaseErrors.IsReadOnly(failure))
        {
            database.Dialect.ResetConnections(database.ConnectionString);
            throw;
        }
    }
}
