using Orders.Model;

namespace Reconciler.Job;

/// <summary>A stalled order.</summary>
/// <param name="Id">The order.</param>
/// <param name="Version">Version of its row.</param>
/// <param name="State">Its state; for an order in review, the state before the review.</param>
/// <param name="StockCancelled">In Cancelling: the stock branch has answered.</param>
/// <param name="PaymentCancelled">In Cancelling: the payment branch has answered.</param>
/// <param name="PayBefore">UTC; end of the time to pay.</param>
/// <param name="Since">UTC; time since which it is overdue or in review.</param>
sealed record StuckOrder(Guid Id, long Version, string State, bool StockCancelled, bool PaymentCancelled, DateTime PayBefore, DateTime Since)
{
    public bool WaitsForStock => State is States.Reserving or States.ConfirmingStock || (State == States.Cancelling && !StockCancelled);

    public bool WaitsForPayment => State is States.AwaitingPayment or States.ConfirmingPayment || (State == States.Cancelling && !PaymentCancelled);

    public static StuckOrder Of(OrderState order) => new(
        order.CorrelationId, order.Version, order.ReviewFrom ?? order.State, order.StockCancelled, order.PaymentCancelled, order.PayBefore,
        order.NextCheckAt ?? order.UpdatedAt);
}
