using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Processing;

namespace Orders.Model;

public static class OrderAudit
{
    /// <summary>Subject of an order's audit rows; the subject id is <c>Guid.ToString()</c> of the order id.</summary>
    public const string Subject = "order";

    /// <summary>Cause of recovery steps: the state machine's event name for CheckOrder.</summary>
    public const string RecoveryCause = "CheckRequested";

    /// <summary>The detail of a step that moved an order to the lane main begins with this.</summary>
    public const string TakenOver = "taken over";

    /// <summary>Detail of a cancellation by the merchant; its reason is <see cref="OrderState.Reason"/>.</summary>
    public const string RequestedByMerchant = "requested by the merchant";

    /// <summary>
    /// Audits the transition from <paramref name="from"/> to the order's current state; the commit wakes the callers that wait for it.
    /// </summary>
    public static void Audit(
        this UnitOfWorkContext work, OrderState order, string from, string cause, string? detail = null, string? actor = null)
    {
        work.Audit(Subject, order.CorrelationId.ToString(), from, order.State, cause, detail, actor);
        var changes = work.Services.GetRequiredService<OrderChanges>();
        work.AfterCommit(() => changes.Publish(order));
    }
}

/// <summary>Reports the orders that transactions of this process change. Only a hint: other processes change orders too.</summary>
public sealed class OrderChanges
{
    /// <summary>Called after the commit, with the order as it was committed.</summary>
    public event Action<OrderState>? Committed;

    internal void Publish(OrderState order) => Committed?.Invoke(order);
}
