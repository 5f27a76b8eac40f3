using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Batches;

/// <summary>Runs work on one database in one transaction, and hands its messages to the broker after the commit.</summary>
public sealed class UnitOfWork<TDb>(
    IServiceScopeFactory scopes, Database<TDb> database, OutboxDispatcher<TDb> dispatcher, Limits limits, ILogger<UnitOfWork<TDb>> log)
    where TDb : ServiceDb
{
    /// <summary>
    /// Runs <paramref name="body"/> in a fresh scope and transaction, again in another one when it meets a conflict (a bounded
    /// number of times); saves and commits what it changed.
    /// </summary>
    public async Task<T> Run<T>(Func<Work, Task<T>> body)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Once(body);
            }
            catch (Exception conflict) when (attempt < limits.ConflictAttempts && Conflicts.Classify(conflict) == FailureKind.Conflict)
            {
                log.LogDebug(conflict, "Conflict in attempt {Attempt} on {Database}; running again in a fresh scope", attempt, database.Name);
            }
        }
    }

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<Work, Task> body) => Run(Returning(body));

    /// <summary>One attempt, whatever comes of it.</summary>
    internal Task Once(Func<Work, Task> body) => Once(Returning(body));

    async Task<T> Once<T>(Func<Work, Task<T>> body)
    {
        await using var scope = scopes.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<Work>();
        var outbox = new OutboxWriter(scope.ServiceProvider);
        var result = await Commit(body, scope, work, outbox);
        work.Committed();
        dispatcher.Dispatch(outbox);
        return result;
    }

    async Task<T> Commit<T>(Func<Work, Task<T>> body, AsyncServiceScope scope, Work work, OutboxWriter outbox)
    {
        await database.Writer.WaitAsync();
        try
        {
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            work.Begin(db, database.Dialect, outbox);
            await using var transaction = await db.Database.BeginTransactionAsync();
            var result = await body(work);
            await work.Save(limits.OutboxLeaseSeconds);
            FailPoint.Hit(database.Name + ".before-commit");
            await transaction.CommitAsync();
            FailPoint.Hit(database.Name + ".after-commit");
            return result;
        }
        finally
        {
            database.Writer.Release();
        }
    }

    static Func<Work, Task<bool>> Returning(Func<Work, Task> body) => async work =>
    {
        await body(work);
        return true;
    };
}
