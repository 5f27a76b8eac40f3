using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Processing;

/// <summary>Runs <paramref name="body"/> in one transaction.</summary>
public delegate Task TransactionRunner(Func<UnitOfWorkContext, Task> body);

/// <summary>Runs work on one database in one transaction and sends its messages to the broker after the commit.</summary>
public sealed class UnitOfWork<TDb>(
    IServiceScopeFactory scopes, Database<TDb> database, OutboxDispatcher<TDb> dispatcher, Limits limits, DatabaseSettings settings,
    IHttpContextAccessor http, TimeProvider clock, ILogger<UnitOfWork<TDb>> log)
    where TDb : ServiceDb
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Runs <paramref name="body"/> in a fresh scope and transaction, then saves and commits. On a conflict or a lock timeout it is
    /// repeated, each time in a fresh scope; it runs at most <see cref="Limits.MaxConflictAttempts"/> times. An HTTP request retries a lock timeout only within
    /// <see cref="DatabaseSettings.RequestTimeoutSeconds"/>.
    /// </summary>
    public Task<T> Run<T>(Func<UnitOfWorkContext, Task<T>> body)
    {
        var since = clock.GetTimestamp();
        return RunWithRetries(body, failure => IsRetried(failure, since));
    }

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<UnitOfWorkContext, Task> body) => Run(WithResult(body));

    /// <summary>
    /// Repeats <paramref name="attempt"/> until the database is available. A delivery stays unacknowledged meanwhile, so it is not lost.
    /// </summary>
    /// <param name="attempt">One attempt.</param>
    /// <param name="shouldWait">True for failures after which the attempt is repeated.</param>
    /// <param name="cancel">Stops waiting: the failure is thrown.</param>
    internal async Task RunUntilAvailable(Func<Task> attempt, Func<Exception, bool> shouldWait, CancellationToken cancel)
    {
        for (var delay = FirstDelay; ; delay = delay * 2 < MaxDelay ? delay * 2 : MaxDelay)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception failure) when (shouldWait(failure) && !cancel.IsCancellationRequested)
            {
                log.LogWarning("Database {Database} is unavailable; retrying in {Delay}: {Failure}", database.Name, delay, failure.Message);
                await clock.Delay(delay, cancel);
            }
        }
    }

    /// <summary>One attempt without retry.</summary>
    internal Task TryOnce(Func<UnitOfWorkContext, Task> body) => TryOnce(WithResult(body));

    /// <summary>As <see cref="Run{T}"/>, but does not retry after a lock timeout.</summary>
    internal Task RunWithoutLockRetry(Func<UnitOfWorkContext, Task> body) =>
        RunWithRetries(WithResult(body), failure => DatabaseErrors.Classify(failure) == FailureKind.Conflict);

    /// <summary>
    /// Handles the items in one transaction. If an item fails or a row is locked, splits the batch; its parts wait only briefly for locks.
    /// Reports an item only if it fails alone or the database is unavailable. With one writer (SQLite) it waits for a lock as in
    /// <see cref="Run{T}"/>, without a split.
    /// </summary>
    /// <param name="batch">The items.</param>
    /// <param name="run">Handles some of the items; calls the given runner, which opens the transaction.</param>
    /// <param name="fail">Called for each item that could not be handled.</param>
    public Task RunSplitting<TItem>(
        IReadOnlyList<TItem> batch, Func<IReadOnlyList<TItem>, TransactionRunner, Task> run, Action<TItem, Exception> fail) =>
        BatchSplitter.Run(batch, part => run(part, body => RunPart(body, shortLockTimeout: part.Count < batch.Count)), fail,
            failure => !DatabaseErrors.IsTransient(failure) || (!database.Dialect.HasSingleWriter && DatabaseErrors.Classify(failure) == FailureKind.Locked));

    Task RunPart(Func<UnitOfWorkContext, Task> body, bool shortLockTimeout) =>
        database.Dialect.HasSingleWriter ? Run(body) : RunWithoutLockRetry(async work =>
        {
            if (shortLockTimeout)
                await work.ShortenLockTimeout();
            await body(work);
        });

    async Task<T> RunWithRetries<T>(Func<UnitOfWorkContext, Task<T>> body, Func<Exception, bool> shouldRetry)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryOnce(body);
            }
            catch (Exception failure) when (attempt < limits.MaxConflictAttempts && shouldRetry(failure))
            {
                log.LogDebug(failure, "Conflict in attempt {Attempt} on {Database}; retrying in a fresh scope", attempt, database.Name);
            }
        }
    }

    async Task<T> TryOnce<T>(Func<UnitOfWorkContext, Task<T>> body)
    {
        await using var scope = scopes.CreateAsyncScope();
        var work = scope.ServiceProvider.GetRequiredService<UnitOfWorkContext>();
        var outbox = new OutboxWriter(scope.ServiceProvider);
        var confirmed = dispatcher.TakeConfirmed();
        try
        {
            var result = await Commit(body, scope, work, outbox, confirmed);
            confirmed = [];
            dispatcher.Dispatch(outbox);
            RunAfterCommit(work);
            return result;
        }
        finally
        {
            dispatcher.AddConfirmed(confirmed);
        }
    }

    async Task<T> Commit<T>(Func<UnitOfWorkContext, Task<T>> body, AsyncServiceScope scope, UnitOfWorkContext work, OutboxWriter outbox,
        IReadOnlyList<Guid> confirmed)
    {
        // A caller whose time is over gets nothing done; what is committed is not cut.
        var cancel = http.HttpContext?.RequestAborted ?? CancellationToken.None;
        await WaitForWriter(cancel);
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        try
        {
            if (IsRequest)
                db.Database.SetCommandTimeout(settings.RequestStatementSeconds);
            work.Begin(db, database.Dialect, outbox, Actor.Of(http.HttpContext?.User), cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var result = await body(work);
            outbox.CreateRows(limits);
            FailPoint.Hit($"{database.Name}.before-commit");
            Deadline.LiftBeforeCommit(http.HttpContext);
            // The DbContext must not be used after this: the commit may be sent with the writes, unseen by EF Core and its interceptors.
            await work.Commit(new OutboxChange(outbox.Messages, outbox.Lease, dispatcher.LeaseSeconds, confirmed));
            FailPoint.Hit($"{database.Name}.after-commit");
            return result;
        }
        catch (Exception failure) when (DatabaseErrors.IsReadOnly(failure))
        {
            database.Dialect.ResetConnections(database.ConnectionString);
            throw;
        }
        finally
        {
            database.Writer.Release();
        }
    }

    /// <summary>Waits for SQLite's single writer; an HTTP request waits at most until its timeout. With other databases there is no wait.</summary>
    async Task WaitForWriter(CancellationToken cancel)
    {
        if (!IsRequest)
            await database.Writer.WaitAsync(cancel);
        else if (!await database.Writer.WaitAsync(settings.RequestTimeout - settings.FileTimeout, cancel))
            throw new DatabaseBusyException($"The database {database.Name} was busy until the request timed out.");
    }

    bool IsRequest => http.HttpContext is not null;

    /// <summary>
    /// True for conflicts and lock timeouts. In an HTTP request a lock timeout is retried only while the request's timeout allows another
    /// wait, and never on SQLite, where the wait for the writer has used that time.
    /// </summary>
    bool IsRetried(Exception failure, long since) => DatabaseErrors.Classify(failure) switch
    {
        FailureKind.Conflict => true,
        FailureKind.Locked => !IsRequest || (!database.Dialect.HasSingleWriter
            && clock.GetElapsedTime(since) < settings.RequestTimeout - TimeSpan.FromMilliseconds(settings.LockTimeoutMilliseconds)),
        _ => false,
    };

    /// <summary>Logs exceptions of these actions: the commit is final, and the caller must not assume a rollback.</summary>
    void RunAfterCommit(UnitOfWorkContext work)
    {
        try
        {
            work.RunAfterCommit();
        }
        catch (Exception failure)
        {
            log.LogError(failure, "An action after a commit on {Database} failed; the commit is final", database.Name);
        }
    }

    static Func<UnitOfWorkContext, Task<bool>> WithResult(Func<UnitOfWorkContext, Task> body) => async work =>
    {
        await body(work);
        return true;
    };
}
