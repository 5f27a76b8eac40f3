using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Outbox;

namespace OrderSaga.Platform.Batches;

/// <summary>Runs work on one database in one transaction and sends its messages to the broker after the commit.</summary>
public sealed class UnitOfWork<TDb>(
    IServiceScopeFactory scopes, Database<TDb> database, OutboxDispatcher<TDb> dispatcher, Limits limits, DatabaseSettings settings,
    IHttpContextAccessor http, TimeProvider clock, ILogger<UnitOfWork<TDb>> log)
    where TDb : ServiceDb
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Runs <paramref name="body"/> in a fresh scope and transaction, then saves and commits. On a conflict or a lock it runs again in a
    /// fresh scope, a bounded number of times and within <see cref="DatabaseSettings.RequestTimeoutSeconds"/>.
    /// </summary>
    public Task<T> Run<T>(Func<Work, Task<T>> body)
    {
        var since = clock.GetTimestamp();
        return Repeat(body, failure => RunsAgain(failure, since));
    }

    /// <inheritdoc cref="Run{T}"/>
    public Task Run(Func<Work, Task> body) => Run(Returning(body));

    /// <summary>
    /// Repeats <paramref name="attempt"/> until the database is available. A delivery stays unacknowledged meanwhile, so it is not lost.
    /// </summary>
    /// <param name="attempt">One attempt.</param>
    /// <param name="waits">True for failures after which the attempt is repeated.</param>
    /// <param name="cancel">Stops waiting: the failure is thrown.</param>
    internal async Task Patiently(Func<Task> attempt, Func<Exception, bool> waits, CancellationToken cancel)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await attempt();
                return;
            }
            catch (Exception failure) when (waits(failure) && !cancel.IsCancellationRequested)
            {
                log.LogWarning("Database {Database} is unavailable; retrying in {Pause}: {Failure}", database.Name, pause, failure.Message);
                await clock.Pause(pause, cancel);
            }
        }
    }

    /// <summary>One attempt without retry.</summary>
    internal Task Once(Func<Work, Task> body) => Once(Returning(body));

    /// <summary>As <see cref="Run{T}"/>, but does not retry after a lock timeout.</summary>
    internal Task RunUnlocked(Func<Work, Task> body) => Repeat(Returning(body), failure => DatabaseErrors.Classify(failure) == FailureKind.Conflict);

    /// <summary>
    /// Handles the items in one transaction. If an item fails or a row is locked, the batch is halved, and the halves wait only briefly for
    /// locks: only items that fail alone are reported. With one writer (SQLite) a lock is waited for as in <see cref="Run{T}"/>.
    /// </summary>
    /// <param name="batch">The items.</param>
    /// <param name="run">Handles some of the items in the given transaction.</param>
    /// <param name="fail">Called for each item that could not be handled.</param>
    public Task RunApart<TItem>(
        IReadOnlyList<TItem> batch, Func<IReadOnlyList<TItem>, Func<Func<Work, Task>, Task>, Task> run, Action<TItem, Exception> fail) =>
        Halves.Run(batch, part => run(part, body => RunPart(body, hurry: part.Count < batch.Count)), fail,
            failure => !DatabaseErrors.MeansWait(failure) || (!database.Dialect.OneWriter && DatabaseErrors.Classify(failure) == FailureKind.Locked));

    Task RunPart(Func<Work, Task> body, bool hurry) => database.Dialect.OneWriter ? Run(body) : RunUnlocked(async work =>
    {
        if (hurry)
            await work.HurryLocks();
        await body(work);
    });

    async Task<T> Repeat<T>(Func<Work, Task<T>> body, Func<Exception, bool> runsAgain)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Once(body);
            }
            catch (Exception failure) when (attempt < limits.ConflictAttempts && runsAgain(failure))
            {
                log.LogDebug(failure, "Conflict in attempt {Attempt} on {Database}; retrying in a fresh scope", attempt, database.Name);
            }
        }
    }

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
        await Enter();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        try
        {
            if (IsRequest)
                db.Database.SetCommandTimeout(settings.RequestStatementSeconds);
            work.Begin(db, database.Dialect, outbox);
            await using var transaction = await db.Database.BeginTransactionAsync();
            var result = await body(work);
            outbox.Seal(limits);
            FailPoint.Hit($"{database.Name}.before-commit");
            // The context must not be used after this: the commit is one statement in a batch, unseen by the context and its interceptors.
            await work.Commit(new OutboxChange(outbox.Messages, outbox.Lease, dispatcher.LeaseSeconds, confirmed));
            FailPoint.Hit($"{database.Name}.after-commit");
            return result;
        }
        catch (Exception failure) when (DatabaseErrors.IsReadOnly(failure))
        {
            database.Dialect.Reconnect(database.ConnectionString);
            throw;
        }
        finally
        {
            database.Writer.Release();
        }
    }

    /// <summary>Enters the queue for SQLite's one writer, at most as long as the caller waits for its answer.</summary>
    async Task Enter()
    {
        if (!IsRequest)
            await database.Writer.WaitAsync();
        else if (!await database.Writer.WaitAsync(settings.RequestTimeout - settings.FileTimeout))
            throw new DatabaseBusyException($"The database {database.Name} was busy until the request timed out.");
    }

    bool IsRequest => http.HttpContext is not null;

    /// <summary>A caller waits for locks until its timeout; with SQLite's writer the timeout has passed by then.</summary>
    bool RunsAgain(Exception failure, long since) => DatabaseErrors.Classify(failure) switch
    {
        FailureKind.Conflict => true,
        FailureKind.Locked => !IsRequest || (!database.Dialect.OneWriter
            && clock.GetElapsedTime(since) < settings.RequestTimeout - TimeSpan.FromMilliseconds(settings.LockTimeoutMilliseconds)),
        _ => false,
    };

    /// <summary>The commit stands whatever these actions do: an exception here would make the caller believe it was rolled back.</summary>
    void Committed(Work work)
    {
        try
        {
            work.Committed();
        }
        catch (Exception failure)
        {
            log.LogError(failure, "An action after a commit on {Database} failed; the commit stands", database.Name);
        }
    }

    static Func<Work, Task<bool>> Returning(Func<Work, Task> body) => async work =>
    {
        await body(work);
        return true;
    };
}
