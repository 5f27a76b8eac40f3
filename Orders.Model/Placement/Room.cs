using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>How many new orders one transaction may place. Repeated and refused requests do not count.</summary>
public sealed class Room(int orders, Func<Problem> refusal)
{
    public int Taken { get; private set; }

    /// <exception cref="Problem">The limit is reached.</exception>
    internal void Take()
    {
        if (Taken == orders)
            throw refusal();
        Taken++;
    }
}
