using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Processing;

/// <summary>Loads the rows of a whole batch before its handlers run: few statements, one lock order.</summary>
public interface IPreload
{
    /// <summary>Adds the rows to the change tracker; handlers then find them by key without a round trip.</summary>
    Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries);
}

/// <summary>
/// Handles the waiting deliveries of an endpoint as one batch: one scope and one transaction. MassTransit acknowledges the deliveries after
/// the commit. docs/core.md describes the runs of a batch: the first run does not query the inbox unless duplicates are likely; the later
/// runs query it and split what fails (<see cref="BatchSplitter"/>). While the database is unavailable the batch waits. Deliveries that meet
/// a locked row are deferred (<see cref="LockedDeliveries"/>). The bus stops only after its deliveries are handled, so the batchers are idle
/// then and need no disposal.
/// </summary>
sealed class BatchFilter<TDb> : IFilter<ConsumeContext> where TDb : ServiceDb
{
    static readonly Counter<long> Duplicates = Instruments.Meter.CreateCounter<long>(
        "ordersaga.inbox.duplicates", "{message}", "Duplicate deliveries that were skipped");
    static readonly Histogram<int> Sizes = Instruments.Meter.CreateHistogram<int>("ordersaga.batch.size", "{message}", "Deliveries taken together");

    readonly string endpoint;
    readonly string lane;
    readonly IReadOnlyList<Type> preloads;
    readonly Func<ConsumeContext, Guid?> inboxId;
    readonly UnitOfWork<TDb> unitOfWork;
    readonly ILogger log;
    readonly CancellationToken stopping;
    readonly bool hasSingleWriter;
    readonly LockedDeliveries lockedDeliveries;
    readonly Batcher<Delivery>[] batchers;
    /// <summary>The last batch had duplicates, so more are likely. A hint, shared by all batchers.</summary>
    volatile bool expectDuplicates;

    /// <param name="endpoint">Name of the queue.</param>
    /// <param name="lane">The lane of the queue.</param>
    /// <param name="preloads">The loaders of the batch's rows.</param>
    /// <param name="inboxId">The id of a message in the inbox; null: it has none and is always handled.</param>
    /// <param name="services">The host's services.</param>
    public BatchFilter(string endpoint, string lane, IReadOnlyList<Type> preloads, Func<ConsumeContext, Guid?> inboxId, IServiceProvider services)
    {
        (this.endpoint, this.lane, this.preloads, this.inboxId) = (endpoint, lane, preloads, inboxId);
        unitOfWork = services.GetRequiredService<UnitOfWork<TDb>>();
        log = services.GetRequiredService<ILogger<BatchFilter<TDb>>>();
        stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var limits = services.GetRequiredService<Limits>();
        var database = services.GetRequiredService<Database<TDb>>();
        hasSingleWriter = database.Dialect.HasSingleWriter;
        lockedDeliveries = new LockedDeliveries(endpoint, part => HandleWithInboxQuery(part, shortLockTimeout: true), limits.BatchSize,
            database.LockRetrySlots, services.GetRequiredService<TimeProvider>(), log, stopping);
        batchers = Enumerable.Range(0, limits.ConcurrentBatches).Select(_ => new Batcher<Delivery>(limits.BatchSize, HandleBatch)).ToArray();
    }

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var delivery = new Delivery(context, next, inboxId(context));
        await batchers[(uint)(context.CorrelationId?.GetHashCode() ?? 0) % batchers.Length].Add(delivery);
        await delivery.LockWaitEnded;
        delivery.ThrowIfFailed();
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("batch");

    async Task HandleBatch(IReadOnlyList<Delivery> arrived)
    {
        Sizes.Record(arrived.Count, new KeyValuePair<string, object?>("endpoint", endpoint));
        var batch = lockedDeliveries.DeferFollowers(arrived);
        var queryInbox = expectDuplicates || batch.Any(delivery => delivery.Context.ReceiveContext.Redelivered);
        var deferred = new List<Delivery>();
        foreach (var remaining in queryInbox ? [batch] : await RunOnceReturnRest(batch))
            await BatchSplitter.Run(remaining, part => HandleWithInboxQuery(part, shortLockTimeout: false), (delivery, failure) =>
                FailOrDefer(delivery, failure, deferred));
        lockedDeliveries.Defer(deferred);
    }

    /// <summary>
    /// First run, without the inbox query. Returns the parts that must run again: none after a success, and none if a row was locked (the batch
    /// is then deferred). After another failure the whole batch or, if one delivery failed, the deliveries before it, the delivery, and those
    /// after it.
    /// </summary>
    async Task<IReadOnlyList<IReadOnlyList<Delivery>>> RunOnceReturnRest(IReadOnlyList<Delivery> batch)
    {
        if (batch.Count == 0)
            return [];
        try
        {
            await unitOfWork.TryOnce(work => HandleInTransaction(work, batch, queryInbox: false));
            return [];
        }
        catch (Exception failure) when (IsLocked(failure))
        {
            lockedDeliveries.Defer(batch);
            return [];
        }
        catch (Exception failure)
        {
            log.LogInformation("Batch of {Count} on {Endpoint} failed; retrying with the inbox query: {Failure}", batch.Count, endpoint, failure.Message);
            return failure is ItemFailedException ? BatchSplitter.Parts(batch, failure) : [batch];
        }
    }

    /// <summary>
    /// Queries the inbox first and skips duplicates. Throws if the batch fails. While the database is unavailable it waits: the deliveries stay
    /// unacknowledged, so none is lost.
    /// </summary>
    Task HandleWithInboxQuery(IReadOnlyList<Delivery> batch, bool shortLockTimeout)
    {
        // Only a single delivery retries a conflict here; a batch is split first.
        TransactionRunner run = batch.Count == 1 ? unitOfWork.RunWithoutLockRetry : unitOfWork.TryOnce;
        return unitOfWork.RunUntilAvailable(
            () => run(work => HandleInTransaction(work, batch, queryInbox: true, shortLockTimeout)),
            failure => DatabaseErrors.IsTransient(failure) && !IsLocked(failure), stopping);
    }

    /// <summary>Another transaction holds a row lock. Never on SQLite: it locks the whole file, so deferring would not help.</summary>
    bool IsLocked(Exception failure) => !hasSingleWriter && DatabaseErrors.Classify(failure) == FailureKind.Locked;

    void FailOrDefer(Delivery delivery, Exception failure, List<Delivery> deferred)
    {
        if (IsLocked(failure))
            deferred.Add(delivery);
        else
            delivery.Fail(failure);
    }

    async Task HandleInTransaction(UnitOfWorkContext work, IReadOnlyList<Delivery> batch, bool queryInbox, bool shortLockTimeout = false)
    {
        work.Lane = lane;
        if (shortLockTimeout)
            await work.ShortenLockTimeout();
        var fresh = await FilterNew(work, batch, queryInbox);
        foreach (var duplicate in batch.Except(fresh))
            await duplicate.Skip();
        work.AfterCommit(() => RecordDuplicates(batch.Count - fresh.Count));

        foreach (var preload in preloads)
            await ((IPreload)work.Services.GetRequiredService(preload)).Load(work, fresh.ConvertAll(delivery => delivery.Context));
        var refusals = new Dictionary<Delivery, RefusedMessageException>();
        foreach (var delivery in fresh)
            if (await HandleDelivery(delivery, work) is { } refusal)
                refusals.Add(delivery, refusal);
        await SetAside(refusals, work, queryInbox);
        work.SetInboxRows(endpoint, [.. fresh.Except(refusals.Keys).Select(delivery => delivery.InboxId).OfType<Guid>().Order()]);
    }

    /// <summary>
    /// Refused messages have changed nothing: they fail after the commit of the others. Their ids stay out of the inbox, so that a replay is
    /// handled. If this run has not queried the inbox, a refused message may be a duplicate, which is skipped.
    /// </summary>
    async Task SetAside(Dictionary<Delivery, RefusedMessageException> refusals, UnitOfWorkContext work, bool inboxWasQueried)
    {
        if (refusals.Count == 0)
            return;
        var duplicates = 0;
        var ids = await Inbox.Inbox.FindNew(work.Db, endpoint, refusals.Keys.Select(delivery => delivery.InboxId), query: !inboxWasQueried);
        foreach (var (delivery, refusal) in refusals)
        {
            if (delivery.InboxId is not { } id || ids.Contains(id))
                work.AfterCommit(() => Refuse(delivery, refusal));
            else
            {
                duplicates++;
                await delivery.Skip();
            }
        }

        if (duplicates > 0)
            work.AfterCommit(() => RecordDuplicates(duplicates));
    }

    /// <summary>
    /// Returns the deliveries to handle; the others are duplicates. Without the query only duplicates within the batch are recognized. A message
    /// without an id is always handled.
    /// </summary>
    async Task<List<Delivery>> FilterNew(UnitOfWorkContext work, IReadOnlyList<Delivery> batch, bool queryInbox)
    {
        var ids = await Inbox.Inbox.FindNew(work.Db, endpoint, batch.Select(delivery => delivery.InboxId), queryInbox);
        return [.. batch.Where(delivery => delivery.InboxId is not { } id || ids.Remove(id))];
    }

    async Task<RefusedMessageException?> HandleDelivery(Delivery delivery, UnitOfWorkContext work)
    {
        try
        {
            await delivery.Handle(work, log);
            return null;
        }
        catch (Exception failure) when (failure.GetBaseException() is RefusedMessageException refusal)
        {
            return refusal;
        }
        catch (Exception failure)
        {
            throw new ItemFailedException(delivery, failure);
        }
    }

    static void Refuse(Delivery delivery, RefusedMessageException refusal)
    {
        refusal.OnRefused();
        delivery.Fail(refusal);
    }

    void RecordDuplicates(int count)
    {
        expectDuplicates = count > 0;
        Duplicates.Add(count, new KeyValuePair<string, object?>("endpoint", endpoint));
    }
}
