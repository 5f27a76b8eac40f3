using Orders.Model;
using OrderSaga.Contracts;
using static Reconciler.Job.BranchStates;

namespace Reconciler.Job;

/// <summary>Decides what to send to the saga for a stalled order. Pure.</summary>
static class AssuranceRule
{
    /// <summary>The missing answers, if the participants have them; otherwise the command to repeat the last step.</summary>
    public static IReadOnlyList<IOrderMessage> Decide(StuckOrder order, BranchView? stock, BranchView? payment) =>
        Answers(order, stock, payment) is { Count: > 0 } answers ? answers : [new CheckOrder(order.Id, order.Version)];

    /// <summary>The answers that the participants have; empty if none. The saga decides whether an answer is too late.</summary>
    public static IReadOnlyList<IOrderMessage> Answers(StuckOrder order, BranchView? stock, BranchView? payment) =>
        [.. new[] { OfStock(order, stock), OfPayment(order, payment) }.OfType<IOrderMessage>()];

    static IOrderMessage? OfStock(StuckOrder order, BranchView? branch) => (order.State, branch?.State) switch
    {
        (States.Reserving, Tried) => new StockReserved(order.Id),
        (States.Reserving, Refused) => new StockRejected(order.Id, branch.Reason ?? "", branch.Rejected ?? []),
        (States.ConfirmingStock, Confirmed) => new StockConfirmed(order.Id),
        (States.Cancelling, Cancelled) when !order.StockCancelled => new StockCancelled(order.Id),
        _ => null,
    };

    static IOrderMessage? OfPayment(StuckOrder order, BranchView? branch) => (order.State, branch?.State) switch
    {
        (States.AwaitingPayment, Tried) => new PaymentAuthorized(order.Id),
        (States.AwaitingPayment, Pending) => new PaymentPending(order.Id, branch.Url ?? "", branch.ExpiresAt ?? order.PayBefore),
        (States.AwaitingPayment, Refused) => new PaymentDeclined(order.Id, branch.Reason ?? ""),
        (States.ConfirmingPayment, Confirmed) => new PaymentConfirmed(order.Id),
        (States.ConfirmingPayment, CaptureRefused) => new PaymentRefused(order.Id, branch.Reason ?? ""),
        (States.Cancelling, Cancelled) when !order.PaymentCancelled => new PaymentCancelled(order.Id),
        _ => null,
    };
}
