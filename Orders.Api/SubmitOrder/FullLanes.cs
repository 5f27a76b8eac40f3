using Orders.Model.Placement;

namespace Orders.Api;

/// <summary>
/// Refuses new orders of a full lane. All lanes share the batches of placements: what a flood in one lane sends must not wait, and be refused,
/// in those. Registered if there are several lanes.
/// </summary>
sealed class FullLanes(ExpectedLane expected, Backpressure backpressure, IdempotencyKeyLookup stored)
{
    /// <summary>Null if the lane has room, if the order is stored already, or if only its placement can tell.</summary>
    public async Task<Refused?> Refusal(PlacementRequest request) =>
        expected.Of(request) is { } lane && backpressure.IsFull(request.Merchant, lane) && !await stored.Has(request.Ids)
            ? new Refused(backpressure.Refusal(request.Merchant, lane))
            : null;
}
