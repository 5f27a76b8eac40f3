using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Batches;

namespace Orders.Model;

public static class OrderAudit
{
    /// <summary>The subject of an order's audit rows; their subject id is <c>Guid.ToString()</c> of the order id.</summary>
    public const string Subject = "order";

    /// <summary>The cause of what assurance did: the state machine's name for CheckOrder.</summary>
    public const string ByAssurance = "CheckRequested";

    /// <summary>Notes that the order went from <paramref name="from"/> to the state that it is in; the commit wakes the callers that wait for it.</summary>
    public static void Audit(this Work work, OrderState order, string from, string cause, string? detail = null)
    {
        work.Audit(Subject, order.CorrelationId.ToString(), from, order.State, cause, detail);
        var changes = work.Services.GetRequiredService<OrderChanges>();
        work.AfterCommit(() => changes.Publish(order));
    }
}
