using Orders.Model;

namespace Reconciler.Job;

/// <summary>What assurance knows of an order that has not moved.</summary>
/// <param name="Id">The order.</param>
/// <param name="Version">Of its row.</param>
/// <param name="State">Where it is stuck: for one in review, the state in which assurance gave up.</param>
/// <param name="StockCancelled">While Cancelling: the stock branch has answered.</param>
/// <param name="PaymentCancelled">While Cancelling: the payment branch has answered.</param>
/// <param name="PayBefore">UTC.</param>
/// <param name="Since">UTC; since when it is overdue, or in review.</param>
sealed record StuckOrder(Guid Id, long Version, string State, bool StockCancelled, bool PaymentCancelled, DateTime PayBefore, DateTime Since)
{
    public bool WaitsForStock => State is States.Reserving or States.ConfirmingStock || (State == States.Cancelling && !StockCancelled);

    public bool WaitsForPayment => State is States.AwaitingPayment or States.ConfirmingPayment || (State == States.Cancelling && !PaymentCancelled);

    public static StuckOrder Of(OrderState order) => new(
        order.CorrelationId, order.Version, order.ReviewFrom ?? order.State, order.StockCancelled, order.PaymentCancelled, order.PayBefore,
        order.NextCheckAt ?? order.UpdatedAt);
}
