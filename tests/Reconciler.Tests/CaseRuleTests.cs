using Orders.Model;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Every order in review has an action that finishes it; its case cannot be resolved before that.</summary>
public sealed class CaseRuleTests
{
    static readonly CaseRow Review = new() { Class = Classes.OrderNeedsReview, Rule = "r", Evidence = "{}", Reason = "why", OrderId = Some.Id };

    [Theory]
    [InlineData("Tried", "Trying")]
    [InlineData("Tried", "Confirming")]
    [InlineData("Tried", "Confirmed")]
    [InlineData("Confirmed", "Cancelled")]
    [InlineData("Confirmed", "Cancelling")]
    [InlineData("Cancelled", "Cancelling")]
    [InlineData("none", "none")]
    public void An_operator_can_cancel_an_order_in_review(string stock, string payment)
    {
        var (commands, refused) = Fits(CaseRule.Compensate, stock, payment);
        refused.ShouldBeNull();
        commands.ShouldBe([Remedy.AbandonOrder]);
    }

    [Fact]
    public void A_fully_confirmed_order_is_not_compensated() =>
        Fits(CaseRule.Compensate, "Confirmed", "Confirmed").Refused.ShouldNotBeNull().ShouldContain("retry");

    [Fact]
    public void A_case_cannot_be_resolved_during_review()
    {
        Fits(CaseRule.Resolve, "Tried", "Confirming").Refused.ShouldNotBeNull().ShouldContain("in review");
        CaseRule.Evaluate(CaseRule.Resolve, Review, Some.Completed, same: true).Refused.ShouldBeNull();
        var cancelling = Some.Completed with { Order = Some.Order(OrderStates.Cancelling) };
        CaseRule.Evaluate(CaseRule.Resolve, Review, cancelling, same: true).Refused.ShouldNotBeNull().ShouldContain("The order is Cancelling");
    }

    [Fact]
    public void Stock_confirmed_for_a_cancelled_order_can_be_returned()
    {
        var row = new CaseRow { Class = "confirmed-stock-without-money", Rule = "r", Evidence = "{}", Reason = "why", OrderId = Some.Id };
        var snapshot = Some.Completed with { Order = Some.Order(OrderStates.Cancelled) };
        CaseRule.Evaluate(CaseRule.Compensate, row, snapshot, same: true).ShouldSatisfyAllConditions(
            fits => fits.Refused.ShouldBeNull(), fits => fits.Commands.ShouldContain(Remedy.CancelStock));
        CaseRule.Evaluate(CaseRule.Compensate, row, snapshot with { Order = null }, same: true).Refused.ShouldNotBeNull().ShouldContain("return");
    }

    static (IReadOnlyList<Remedy> Commands, string? Refused) Fits(string action, string stock, string payment) => CaseRule.Evaluate(
        action, Review, new OrderSnapshot(Some.Id, Some.Order(OrderStates.NeedsReview), Some.Stock(stock), Some.Payment(payment), []), same: true);
}
