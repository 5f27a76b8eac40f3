using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using static OrderSaga.Ledgers.BranchStates;

namespace Reconciler.Job;

/// <summary>Decides what to send to the saga for a stalled order. Pure.</summary>
static class RecoveryRule
{
    /// <summary>
    /// After this many repeats an order is stuck even if it is overdue for a shorter time: each repeat restarts that time.
    /// </summary>
    const int RepeatsBeforeTakeOver = 2;

    /// <summary>The missing answers, if the participants have them; otherwise the command to repeat the last step.</summary>
    public static IReadOnlyList<IOrderMessage> Decide(StalledOrder order, BranchView? stock, BranchView? payment) =>
        Answers(order, stock, payment) is { Count: > 0 } answers ? answers : [new CheckOrder(order.Id, order.Version)];

    /// <summary>
    /// True if the order must move to the lane main: its lane is no longer used, or it is taken over and the order is stuck there. Time before
    /// this process's first run does not count: after an outage of the whole system every order is overdue, and the processes of its lane need a
    /// moment, too.
    /// </summary>
    public static bool MustTakeOver(StalledOrder order, LaneSettings lanes, TimeSpan running, DateTime now)
    {
        var wait = TimeSpan.FromSeconds(lanes.TakeOverSeconds);
        var isStuck = now - order.Since >= wait || order.RetryCount >= RepeatsBeforeTakeOver;
        return !lanes.Used.Contains(order.Lane) || (lanes.TakenOver.Contains(order.Lane) && isStuck && running >= wait);
    }

    /// <summary>The answers that the participants have; empty if none. The saga decides whether an answer is too late.</summary>
    public static IReadOnlyList<IOrderMessage> Answers(StalledOrder order, BranchView? stock, BranchView? payment) =>
        [.. new[] { Answer(order, order.StockCommand, stock), Answer(order, order.PaymentCommand, payment) }.OfType<IOrderMessage>()];

    static IOrderMessage? Answer(StalledOrder order, string? command, BranchView? branch) => (command, branch?.State) switch
    {
        (nameof(TryReserveStock), Tried) => new StockReserved(order.Id),
        (nameof(TryReserveStock), Refused) => new StockRejected(order.Id, branch.Reason ?? "", branch.Rejected ?? []),
        (nameof(ConfirmStock), Confirmed) => new StockConfirmed(order.Id),
        (nameof(CancelStock), Cancelled) => new StockCancelled(order.Id),
        (nameof(TryAuthorizePayment), Tried) => new PaymentAuthorized(order.Id),
        (nameof(TryAuthorizePayment), Pending) => new PaymentPending(order.Id, branch.Url ?? "", branch.ExpiresAt ?? order.PayBefore),
        (nameof(TryAuthorizePayment), Refused) => new PaymentDeclined(order.Id, branch.Reason ?? ""),
        (nameof(ConfirmPayment), Confirmed) => new PaymentConfirmed(order.Id),
        (nameof(ConfirmPayment), CaptureRefused) => new PaymentRefused(order.Id, branch.Reason ?? ""),
        (nameof(CancelPayment), Cancelled) => new PaymentCancelled(order.Id),
        _ => null,
    };
}
