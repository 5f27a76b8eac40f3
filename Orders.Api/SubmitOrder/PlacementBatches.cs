using System.Diagnostics.Metrics;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Orders.Api;

/// <summary>Group commit: orders that arrive while one batch commits form the next batch, one transaction.</summary>
sealed class PlacementBatches : IAsyncDisposable
{
    static readonly Counter<long> Outcomes =
        Instruments.Meter.CreateCounter<long>("ordersaga.placements", "{order}", "Placements by outcome: placed, replayed, refused");

    readonly UnitOfWork<OrdersDb> unitOfWork;
    readonly TimeSpan timeout;
    readonly TimeProvider clock;
    readonly Backpressure backpressure;
    readonly FullLanes? fullLanes;
    readonly Batcher<PlacementRequest> batcher;

    public PlacementBatches(UnitOfWork<OrdersDb> unitOfWork, OrderSettings settings, DatabaseSettings database, Backpressure backpressure,
        TimeProvider clock, FullLanes? fullLanes = null)
    {
        (this.unitOfWork, this.backpressure, this.fullLanes) = (unitOfWork, backpressure, fullLanes);
        (timeout, this.clock) = (database.RequestTimeout, clock);
        var linger = TimeSpan.FromMilliseconds(settings.PlacementLingerMilliseconds);
        batcher = new Batcher<PlacementRequest>(settings.PlacementBatchSize, Handle, () => Task.Delay(linger, clock, CancellationToken.None));
    }

    /// <summary>Completes when the result is committed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancel">The caller waits no longer. Before its transaction begins, the request is withdrawn; then its result is awaited.</param>
    /// <exception cref="OperationCanceledException">Nothing is placed.</exception>
    /// <exception cref="DatabaseBusyException">The order may still be placed; a repeat with its key places it once.</exception>
    public async Task<PlacementResult> Place(PlacementRequest request, CancellationToken cancel)
    {
        var full = fullLanes is null ? null : await fullLanes.Refusal(request).WaitAsync(cancel);
        var result = full ?? await PlaceInBatch(request, cancel);
        var outcome = result is Placed placed ? placed.Replayed ? "replayed" : "placed" : "refused";
        Outcomes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        return result;
    }

    public ValueTask DisposeAsync() => batcher.DisposeAsync();

    async Task<PlacementResult> PlaceInBatch(PlacementRequest request, CancellationToken cancel)
    {
        try
        {
            await WaitFor(batcher.Add(request), request, cancel);
        }
        catch (TimeoutException)
        {
            request.GiveUp();
            throw new DatabaseBusyException("The order was not placed in time.");
        }

        return request.Result();
    }

    async Task WaitFor(Task handled, PlacementRequest request, CancellationToken cancel)
    {
        try
        {
            await handled.WaitAsync(timeout, clock, cancel);
        }
        catch (OperationCanceledException)
        {
            if (request.TryGiveUp())
                throw;
            await handled.WaitAsync(timeout, clock, CancellationToken.None);
        }
    }

    /// <summary>A key that another process holds in an open transaction fails only its own callers.</summary>
    Task Handle(IReadOnlyList<PlacementRequest> batch) => unitOfWork.RunSplitting(batch, Commit, (request, failure) => request.Fail(failure));

    /// <summary>Skips requests whose callers were already answered that nothing was placed.</summary>
    async Task Commit(IReadOnlyList<PlacementRequest> batch, TransactionRunner run)
    {
        List<PlacementRequest> wanted = [.. batch.Where(request => request.Begin())];
        if (wanted.Count == 0)
            return;
        try
        {
            var count = await backpressure.Prepare(wanted);
            await run(work => work.Services.GetRequiredService<Placements>().Place(work, wanted, backpressure.Admission(count)));
        }
        catch
        {
            wanted.ForEach(RollBack);
            throw;
        }

        backpressure.Placed(wanted);
        GiveBackUnused(wanted);
    }

    static void RollBack(PlacementRequest request)
    {
        request.Charge?.GiveBack();
        request.RollBack();
    }

    /// <summary>Only a new order uses its permits up; the last run of the transaction may have found it placed, or refused it.</summary>
    static void GiveBackUnused(List<PlacementRequest> requests)
    {
        foreach (var request in requests)
            if (request.Charge is { } charge && request.Result() is not Placed { Replayed: false })
                charge.GiveBack();
    }
}
