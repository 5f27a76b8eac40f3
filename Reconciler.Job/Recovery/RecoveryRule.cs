using Orders.Model;
using OrderSaga.Contracts;
using static OrderSaga.Ledgers.BranchStates;

namespace Reconciler.Job;

/// <summary>Decides what to send to the saga for a stalled order. Pure.</summary>
static class RecoveryRule
{
    /// <summary>The missing answers, if the participants have them; otherwise the command to repeat the last step.</summary>
    public static IReadOnlyList<IOrderMessage> Decide(StalledOrder order, BranchView? stock, BranchView? payment) =>
        Answers(order, stock, payment) is { Count: > 0 } answers ? answers : [new CheckOrder(order.Id, order.Version)];

    /// <summary>The answers that the participants have; empty if none. The saga decides whether an answer is too late.</summary>
    public static IReadOnlyList<IOrderMessage> Answers(StalledOrder order, BranchView? stock, BranchView? payment) =>
        [.. new[] { FromStock(order, stock), FromPayment(order, payment) }.OfType<IOrderMessage>()];

    static IOrderMessage? FromStock(StalledOrder order, BranchView? branch) => (order.State, branch?.State) switch
    {
        (OrderStates.Reserving, Tried) => new StockReserved(order.Id),
        (OrderStates.Reserving, Refused) => new StockRejected(order.Id, branch.Reason ?? "", branch.Rejected ?? []),
        (OrderStates.ConfirmingStock, Confirmed) => new StockConfirmed(order.Id),
        (OrderStates.Cancelling, Cancelled) when !order.StockReleased => new StockCancelled(order.Id),
        _ => null,
    };

    static IOrderMessage? FromPayment(StalledOrder order, BranchView? branch) => (order.State, branch?.State) switch
    {
        (OrderStates.AwaitingPayment, Tried) => new PaymentAuthorized(order.Id),
        (OrderStates.AwaitingPayment, Pending) => new PaymentPending(order.Id, branch.Url ?? "", branch.ExpiresAt ?? order.PayBefore),
        (OrderStates.AwaitingPayment, Refused) => new PaymentDeclined(order.Id, branch.Reason ?? ""),
        (OrderStates.ConfirmingPayment, Confirmed) => new PaymentConfirmed(order.Id),
        (OrderStates.ConfirmingPayment, CaptureRefused) => new PaymentRefused(order.Id, branch.Reason ?? ""),
        (OrderStates.Cancelling, Cancelled) when !order.PaymentReleased => new PaymentCancelled(order.Id),
        _ => null,
    };
}
