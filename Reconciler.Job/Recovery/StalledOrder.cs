using Orders.Model;

namespace Reconciler.Job;

/// <summary>A stalled order.</summary>
/// <param name="Id">The order.</param>
/// <param name="Version">Version of its row.</param>
/// <param name="State">Its state; for an order in review, the state before the review.</param>
/// <param name="StockReleased">In Cancelling: the stock branch has answered.</param>
/// <param name="PaymentReleased">In Cancelling: the payment branch has answered.</param>
/// <param name="PayBefore">UTC; end of the time to pay.</param>
/// <param name="HasPaymentPage">The order knows the customer's payment page.</param>
/// <param name="Lane">Its lane.</param>
/// <param name="RetryCount">How often its command was repeated.</param>
/// <param name="Since">UTC; time since which it is overdue or in review.</param>
sealed record StalledOrder(
    Guid Id, long Version, string State, bool StockReleased, bool PaymentReleased, DateTime PayBefore, bool HasPaymentPage, string Lane, int RetryCount,
    DateTime Since)
{
    /// <summary>The command whose answer from stock is missing; null: none.</summary>
    public string? StockCommand => StockReleased ? null : OrderLifecycle.Of(State).StockCommand;

    /// <summary>The command whose answer from payment is missing; null: none. In Trying a payment page is an answer, and the stock's is missing.</summary>
    public string? PaymentCommand => PaymentReleased || (HasPaymentPage && State == OrderStates.Trying) ? null : OrderLifecycle.Of(State).PaymentCommand;

    public string Commands => string.Join(" and ", new[] { StockCommand, PaymentCommand }.OfType<string>());

    public static StalledOrder Of(OrderState order) => new(
        order.CorrelationId, order.Version, order.ReviewFrom ?? order.State, order.StockReleased, order.PaymentReleased, order.PayBefore,
        order.PaymentUrl is not null, order.Lane, order.RetryCount, order.NextRetryAt ?? order.UpdatedAt);
}
