using Orders.Model;
using Reconciler.Job;
using static OrderSaga.Ledgers.BranchStates;

namespace Reconciler.Tests;

/// <summary>Every state of the order with every state of both branches.</summary>
public sealed class StatusRuleTests
{
    const string Any = "*";
    const string NothingHeld = "none Refused Cancelled";

    /// <summary>The state combinations that may last.</summary>
    static readonly (string Order, string Stock, string Payment)[] Legal =
    [
        (Absent, NothingHeld, NothingHeld),
        (OrderStates.Reserving, "none Tried Refused Cancelled", "none Cancelled"),
        (OrderStates.Trying, "none Tried Refused Cancelled", "none Trying Pending Tried Refused Cancelling Cancelled"),
        (OrderStates.AwaitingStock, "none Tried Refused Cancelled", "Tried Cancelling Cancelled"),
        (OrderStates.AwaitingPayment, "Tried", "none Trying Pending Tried Refused Cancelling Cancelled"),
        (OrderStates.ConfirmingPayment, "Tried", "Tried Confirming CaptureRefused Confirmed Cancelling Cancelled"),
        (OrderStates.ConfirmingStock, "Tried Confirmed", "Confirmed"),
        (OrderStates.Cancelling, "none Tried Refused Cancelled", Any),
        (OrderStates.Completed, "Confirmed", "Confirmed"),
        (OrderStates.Cancelled, NothingHeld, NothingHeld),
        (OrderStates.NeedsReview, "none Tried Refused Cancelled", Any),
        (OrderStates.NeedsReview, "Confirmed", "Confirmed"),
    ];

    static IEnumerable<(string Order, string Stock, string Payment)> All =>
        from order in OrderLifecycle.States.Prepend(Absent) from stock in OfStock from payment in OfPayment select (order, stock, payment);

    [Fact]
    public void Only_legal_state_combinations_give_no_finding()
    {
        foreach (var (order, stock, payment) in All)
            (Snapshot(order, stock, payment).Found().Length == 0).ShouldBe(IsLegal(order, stock, payment), $"order {order}, stock {stock}, payment {payment}");
    }

    [Fact]
    public void Each_branch_gives_at_most_one_finding()
    {
        foreach (var (order, stock, payment) in All)
            Rules.Check(Snapshot(order, stock, payment), Some.Terms).Count().ShouldBeLessThanOrEqualTo(2, $"order {order}, stock {stock}, payment {payment}");
    }

    /// <summary>
    /// While the saga may still change the order, a repair would race it; and the fence refuses to cancel confirmed stock.
    /// </summary>
    [Fact]
    public void Only_final_or_missing_orders_are_repaired()
    {
        foreach (var (order, stock, payment) in All)
        {
            foreach (var finding in Rules.Check(Snapshot(order, stock, payment), Some.Terms).Where(finding => finding.Remedy.IsRepair()))
            {
                var about = $"{finding.Class} of order {order}, stock {stock}, payment {payment}";
                order.ShouldBeOneOf([Absent, OrderStates.Completed, OrderStates.Cancelled], about);
                var (state, allowed) = finding.Remedy switch
                {
                    Remedy.CancelStock or Remedy.ConfirmStock => (stock, "Tried"),
                    Remedy.ConfirmPayment => (payment, "Tried"),
                    _ => (payment, "Trying Pending Tried Confirming CaptureRefused Confirmed Cancelling"),
                };
                allowed.Split(' ').ShouldContain(state, about);
                (finding.Remedy is Remedy.ConfirmStock or Remedy.ConfirmPayment).ShouldBe(order == OrderStates.Completed, about);
            }
        }
    }

    static bool IsLegal(string order, string stock, string payment) =>
        Legal.Any(row => row.Order == order && Among(row.Stock, stock) && Among(row.Payment, payment));

    static bool Among(string states, string state) => states == Any || states.Split(' ').Contains(state);

    /// <summary>Only the states matter: nothing is due at the gateway.</summary>
    static OrderSnapshot Snapshot(string order, string stock, string payment) => new(
        Some.Id, order == Absent ? null : Some.Order(order), stock == Absent ? null : Some.Stock(stock),
        payment == Absent ? null : Some.Payment(payment, Some.Attempt("authorize", "auth_1")), []);
}
