namespace Orders.Model;

/// <summary>Orders that transactions of this process have changed. A hint: other processes change orders too.</summary>
public sealed class OrderChanges
{
    /// <summary>Called after the commit, with the order as it was committed.</summary>
    public event Action<OrderState>? Committed;

    internal void Publish(OrderState order) => Committed?.Invoke(order);
}
