using OrderSaga.Platform.Http;

namespace Orders.Model.Placement;

/// <summary>How many new orders one transaction may place. Repeats and refused orders take none of it.</summary>
public sealed class Room(int orders, Func<Problem> refusal)
{
    public int Taken { get; private set; }

    /// <exception cref="Problem">There is none left.</exception>
    internal void Take()
    {
        if (Taken == orders)
            throw refusal();
        Taken++;
    }
}
