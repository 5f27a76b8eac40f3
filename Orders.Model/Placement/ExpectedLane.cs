using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Switches;
using Orders.Model.Switches;

namespace Orders.Model.Placement;

/// <summary>
/// The lane that a new order would have. It may be used to refuse the order, not to place it: the placement reads the rules in its own transaction.
/// </summary>
public sealed class ExpectedLane(SwitchReader switches, LaneSettings lanes)
{
    /// <summary>Null: this process has not read the rules within the last second.</summary>
    public string? Of(PlacementRequest request) =>
        switches.Recent is { } rules ? PlacementDecision.Of(rules, PlacementDecision.Facts(request), lanes).Lane.Value : null;
}
