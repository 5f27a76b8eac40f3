using System.Diagnostics.Metrics;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;

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
    readonly Batcher<PlacementRequest> batcher;

    public PlacementBatches(UnitOfWork<OrdersDb> unitOfWork, OrderSettings settings, DatabaseSettings database, Backpressure backpressure,
        TimeProvider clock)
    {
        (this.unitOfWork, this.backpressure, timeout, this.clock) = (unitOfWork, backpressure, database.RequestTimeout, clock);
        var linger = TimeSpan.FromMilliseconds(settings.PlacementLingerMilliseconds);
        batcher = new Batcher<PlacementRequest>(settings.PlacementBatchSize, Handle, () => Task.Delay(linger, clock, CancellationToken.None));
    }

    /// <summary>Completes when the order is committed.</summary>
    /// <exception cref="Problem">The order was not placed, and no row is left of it.</exception>
    /// <exception cref="DatabaseBusyException">The order may still be placed; a repeat with its key places it once.</exception>
    public async Task<Placed> Place(PlacementRequest request)
    {
        await Handled(request);
        try
        {
            var placed = request.Outcome();
            Count(placed.Replayed ? "replayed" : "placed");
            return placed;
        }
        catch (Problem)
        {
            Count("refused");
            throw;
        }
    }

    async Task Handled(PlacementRequest request)
    {
        try
        {
            await batcher.Add(request).WaitAsync(timeout, clock);
        }
        catch (TimeoutException)
        {
            request.GiveUp();
            throw new DatabaseBusyException("The order was not placed in time.");
        }
    }

    public ValueTask DisposeAsync() => batcher.DisposeAsync();

    /// <summary>A key that another process holds in an open transaction fails only its own callers.</summary>
    Task Handle(IReadOnlyList<PlacementRequest> batch) => unitOfWork.RunSplitting(batch, Commit, (request, failure) => request.Fail(failure));

    /// <summary>Skips requests whose callers were already asked to send them again.</summary>
    async Task Commit(IReadOnlyList<PlacementRequest> batch, TransactionRunner run)
    {
        List<PlacementRequest> wanted = [.. batch.Where(request => !request.GivenUp)];
        if (wanted.Count == 0)
            return;
        var left = await backpressure.Reserve(wanted.Count);
        var room = new PlacementCapacity(left, backpressure.Refusal);
        await run(async work =>
        {
            room = new PlacementCapacity(left, backpressure.Refusal);
            await work.Services.GetRequiredService<Placements>().Place(work, wanted, room);
        });
        backpressure.Placed(room.Used);
    }

    static void Count(string outcome) => Outcomes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
