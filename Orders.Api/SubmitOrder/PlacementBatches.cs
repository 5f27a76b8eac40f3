using System.Diagnostics.Metrics;
using Orders.Model;
using Orders.Model.Placement;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;

namespace Orders.Api;

/// <summary>Group commit: the orders that arrive while one batch commits are the next batch, one transaction.</summary>
sealed class PlacementBatches : IAsyncDisposable
{
    static readonly Counter<long> Outcomes =
        Instruments.Meter.CreateCounter<long>("ordersaga.placements", "{order}", "Placements by outcome: placed, replayed, refused");

    readonly UnitOfWork<OrdersDb> unitOfWork;
    readonly ILogger<PlacementBatches> log;
    readonly Batcher<PlacementRequest> batcher;

    public PlacementBatches(UnitOfWork<OrdersDb> unitOfWork, OrderSettings settings, ILogger<PlacementBatches> log)
    {
        (this.unitOfWork, this.log) = (unitOfWork, log);
        batcher = new Batcher<PlacementRequest>(settings.PlacementBatch, Handle, TimeSpan.FromMilliseconds(settings.PlacementGatherMilliseconds));
    }

    /// <summary>Ends when the order is committed.</summary>
    /// <exception cref="Problem">It was not placed, and no row is left of it.</exception>
    public async Task<Placed> Place(PlacementRequest request)
    {
        await batcher.Add(request);
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

    public ValueTask DisposeAsync() => batcher.DisposeAsync();

    async Task Handle(IReadOnlyList<PlacementRequest> batch)
    {
        try
        {
            await Commit(batch);
        }
        catch (Exception failure) when (batch.Count > 1 && Conflicts.Classify(failure) != FailureKind.Unavailable)
        {
            log.LogInformation("A batch of {Count} placements runs one by one: {Failure}", batch.Count, failure.Message);
            foreach (var request in batch)
                await Alone(request);
        }
        catch (Exception failure) when (batch.Count == 1)
        {
            batch[0].Fail(Meaning(failure));
        }
    }

    async Task Alone(PlacementRequest request)
    {
        try
        {
            await Commit([request]);
        }
        catch (Exception failure)
        {
            request.Fail(Meaning(failure));
        }
    }

    Task Commit(IReadOnlyList<PlacementRequest> batch) =>
        unitOfWork.Run(work => work.Services.GetRequiredService<Placements>().Place(work, batch));

    /// <summary>A placement alone meets a conflict again and again only where another process is at the same key.</summary>
    static Exception Meaning(Exception failure) => Conflicts.Classify(failure) != FailureKind.Conflict
        ? failure
        : new Problem(409, "idempotency-in-flight", "The same key is being placed at this moment.", "Send the same request again to get its answer.")
        {
            RetryAfter = 1,
        };

    static void Count(string outcome) => Outcomes.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
