using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>How many new orders one transaction may place. Repeated and refused requests do not count.</summary>
public sealed class PlacementCapacity(int orders, Func<Problem> refusal)
{
    public int Used { get; private set; }

    /// <exception cref="Problem">The limit is reached.</exception>
    internal void Use()
    {
        if (Used == orders)
            throw refusal();
        Used++;
    }
}
