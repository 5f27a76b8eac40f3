using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Batches;

/// <summary>Runs work on one database in one transaction, and hands its messages to the broker after the commit.</summary>
public sealed class UnitOfWork<TDb>(
    IServiceScopeFactory scopes, Database<TDb> database, OutboxDispatcher<TDb> dispatcher, Limits limits, TimeProvider clock, ILogger<UnitOfWork<TDb>> log)
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

    /// <summary>
    /// As <see cref="Run(Func{Work, Task})"/>, and waits for a database that is away: a delivery is not acknowledged meanwhile, so nothing is lost.
    /// </summary>
    internal async Task RunPatiently(Func<Work, Task> body, CancellationToken cancel)
    {
        for (var wait = TimeSpan.FromMilliseconds(100); ; wait = wait < TimeSpan.FromSeconds(2) ? wait * 2 : wait)
        {
            try
            {
                await Run(body);
                return;
            }
            catch (Exception failure) when (Conflicts.Classify(failure) == FailureKind.Unavailable && !cancel.IsCancellationRequested)
            {
                log.LogWarning("The database {Database} is away; trying again in {Wait}: {Failure}", database.Name, wait, failure.Message);
                await Task.Delay(wait, clock, CancellationToken.None);
            }
        }
    }

    /// <summary>One attempt, whatever comes of it.</summary>
    internal Task Once(Func<Work, Task> body) => Once(Returning(body));

    async Task<T> Once<T>(Func<Work, Task<T>> body)
    {
        await using var scope = scopes.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<Work>();
        var outbox = new OutboxWriter(scope.ServiceProvider);
        var confirmed = dispatcher.TakeConfirmed();
        try
        {
            var result = await Commit(body, scope, work, outbox, confirmed);
            confirmed = [];
            dispatcher.Dispatch(outbox);
            Committed(work);
            return result;
        }
        finally
        {
            dispatcher.GiveBack(confirmed);
        }
    }

    async Task<T> Commit<T>(Func<Work, Task<T>> body, AsyncServiceScope scope, Work work, OutboxWriter outbox, IReadOnlyList<Guid> confirmed)
    {
        await database.Writer.WaitAsync();
        try
        {
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            work.Begin(db, database.Dialect, outbox);
            await using var transaction = await db.Database.BeginTransactionAsync();
            var result = await body(work);
            outbox.Seal(limits);
            FailPoint.Hit($"{database.Name}.before-commit");
            // Nothing may use the context after this: where the commit is a statement among others, neither it nor its interceptors know of it.
            await work.Commit(new OutboxChange(outbox.Messages, outbox.Lease, dispatcher.LeaseSeconds, confirmed));
            FailPoint.Hit($"{database.Name}.after-commit");
            return result;
        }
        finally
        {
            database.Writer.Release();
        }
    }

    /// <summary>The commit stands, whatever these do: were they to throw, the caller would take it for undone.</summary>
    void Committed(Work work)
    {
        try
        {
            work.Committed();
        }
        catch (Exception failure)
        {
            log.LogError(failure, "What follows a commit on {Database} failed", database.Name);
        }
    }

    static Func<Work, Task<bool>> Returning(Func<Work, Task> body) => async work =>
    {
        await body(work);
        return true;
    };
}
