using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Database;

/// <summary>Single statements on one database, each in a transaction of its own.</summary>
public sealed class Statements<TDb>(IServiceScopeFactory scopes, Database<TDb> database) where TDb : ServiceDb
{
    internal Dialect Dialect => database.Dialect;

    public async Task<T> Run<T>(Func<TDb, Task<T>> statement)
    {
        await database.Writer.WaitAsync();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            return await statement(scope.ServiceProvider.GetRequiredService<TDb>());
        }
        finally
        {
            database.Writer.Release();
        }
    }
}
