using Orders.Model;
using OrderSaga.Contracts;
using static Reconciler.Job.BranchStates;

namespace Reconciler.Job;

/// <summary>What is sent to the saga about an order that has not moved. Pure.</summary>
static class AssuranceRule
{
    /// <summary>The answers that it waits for, where its participants have given them; else the order to drive it on.</summary>
    public static IReadOnlyList<IOrderMessage> Decide(StuckOrder order, BranchView? stock, BranchView? payment) =>
        Answers(order, stock, payment) is { Count: > 0 } answers ? answers : [new CheckOrder(order.Id, order.Version)];

    /// <summary>None where its participants have not given them. Whether an answer comes too late is the saga's to decide.</summary>
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
