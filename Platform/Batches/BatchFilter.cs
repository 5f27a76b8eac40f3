using System.Diagnostics.Metrics;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Batches;

/// <summary>Loads the rows that a whole batch needs, in few statements and one lock order, before its handlers run.</summary>
public interface IPreload
{
    /// <summary>Adds the rows to the change tracker; handlers then find them by key without a round trip.</summary>
    Task Load(Work work, IReadOnlyList<ConsumeContext> deliveries);
}

/// <summary>
/// Handles the deliveries that are waiting at an endpoint together: one scope, one transaction, one acknowledgement after the
/// commit. The inbox is asked first only where duplicates are to be expected; a batch that fails without is run once more with it. When that fails too,
/// each of its deliveries runs alone, so that a poison message hurts nobody else.
/// The bus waits for its deliveries before it stops, so the lanes are empty by then and need no end of their own.
/// </summary>
sealed class BatchFilter<TDb> : IFilter<ConsumeContext> where TDb : ServiceDb
{
    static readonly Counter<long> Duplicates = Instruments.Meter.CreateCounter<long>(
        "ordersaga.inbox.duplicates", "{message}", "Deliveries that had been handled before");
    static readonly Histogram<int> Sizes = Instruments.Meter.CreateHistogram<int>("ordersaga.batch.size", "{message}", "Deliveries handled in one transaction");

    readonly string endpoint;
    readonly IReadOnlyList<Type> preloads;
    readonly UnitOfWork<TDb> unitOfWork;
    readonly ILogger log;
    readonly Batcher<Delivery>[] lanes;
    /// <summary>Some of the last batch had been handled before: where duplicates come, more come. Of all lanes, and no more than a hint.</summary>
    volatile bool duplicates;

    public BatchFilter(string endpoint, IReadOnlyList<Type> preloads, IServiceProvider services)
    {
        (this.endpoint, this.preloads) = (endpoint, preloads);
        unitOfWork = services.GetRequiredService<UnitOfWork<TDb>>();
        log = services.GetRequiredService<ILogger<BatchFilter<TDb>>>();
        var limits = services.GetRequiredService<Limits>();
        lanes = Enumerable.Range(0, limits.Lanes).Select(_ => new Batcher<Delivery>(limits.BatchSize, Handle)).ToArray();
    }

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var delivery = new Delivery(context, next);
        await lanes[(uint)(context.CorrelationId?.GetHashCode() ?? 0) % lanes.Length].Add(delivery);
        delivery.ThrowIfFailed();
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("batch");

    async Task Handle(IReadOnlyList<Delivery> batch)
    {
        Sizes.Record(batch.Count, new KeyValuePair<string, object?>("endpoint", endpoint));
        var expected = duplicates || batch.Any(delivery => delivery.Context.ReceiveContext.Redelivered);
        if (!expected && await Together(batch, look: false))
            return;
        if (batch.Count > 1 && await Together(batch, look: true))
            return;
        foreach (var delivery in batch)
            await Alone(delivery);
    }

    async Task<bool> Together(IReadOnlyList<Delivery> batch, bool look)
    {
        try
        {
            await unitOfWork.Once(work => InOneTransaction(work, batch, look));
            return true;
        }
        catch (Exception failure)
        {
            log.LogInformation("A batch of {Count} at {Endpoint} runs again, and one by one if it must: {Failure}", batch.Count, endpoint, failure.Message);
            return false;
        }
    }

    /// <summary>
    /// Waits for a database that is away: the delivery is not acknowledged meanwhile, so nothing is lost. Only here does a delivery fail, and never one that
    /// was handled before: the inbox has been asked.
    /// </summary>
    async Task Alone(Delivery delivery)
    {
        try
        {
            await unitOfWork.RunPatiently(work => InOneTransaction(work, [delivery], look: true), delivery.Context.CancellationToken);
        }
        catch (Exception failure)
        {
            delivery.Fail(failure);
        }
    }

    async Task InOneTransaction(Work work, IReadOnlyList<Delivery> batch, bool look)
    {
        var fresh = await Inbox.Inbox.Claim(work, endpoint, batch, look);
        foreach (var duplicate in batch.Except(fresh))
            await duplicate.Skip();
        work.AfterCommit(() => Note(batch.Count - fresh.Count));

        foreach (var preload in preloads)
            await ((IPreload)work.Services.GetRequiredService(preload)).Load(work, fresh.ConvertAll(delivery => delivery.Context));
        foreach (var delivery in fresh)
            await delivery.Handle(work, log);
    }

    void Note(int handledBefore)
    {
        duplicates = handledBefore > 0;
        Duplicates.Add(handledBefore, new KeyValuePair<string, object?>("endpoint", endpoint));
    }
}
