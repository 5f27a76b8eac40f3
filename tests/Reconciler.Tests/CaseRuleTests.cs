using Orders.Model;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Every order in review has an action that finishes it; its case is not solved by hand before that.</summary>
public sealed class CaseRuleTests
{
    static readonly CaseRow Review = new() { Class = ReviewCases.Class, Rule = "r", Evidence = "{}", Reason = "why", OrderId = Some.Id };

    [Theory]
    [InlineData("Tried", "Trying")]
    [InlineData("Tried", "Confirming")]
    [InlineData("Tried", "Confirmed")]
    [InlineData("Confirmed", "Cancelled")]
    [InlineData("Confirmed", "Cancelling")]
    [InlineData("Cancelled", "Cancelling")]
    [InlineData("none", "none")]
    public void An_order_in_review_can_be_cancelled_by_a_person(string stock, string payment)
    {
        var (commands, refused) = Fits(CaseRule.Compensate, stock, payment);
        refused.ShouldBeNull();
        commands.ShouldBe([Remedy.AbandonOrder]);
    }

    [Fact]
    public void One_whose_goods_and_money_are_confirmed_is_completed() =>
        Fits(CaseRule.Compensate, "Confirmed", "Confirmed").Refused.ShouldNotBeNull().ShouldContain("retry");

    [Fact]
    public void Its_case_is_not_solved_by_hand_while_it_is_in_review()
    {
        Fits(CaseRule.Solve, "Tried", "Confirming").Refused.ShouldNotBeNull().ShouldContain("in review");
        CaseRule.Fits(CaseRule.Solve, Review, Some.Completed, same: true).Refused.ShouldBeNull();
    }

    [Fact]
    public void Goods_sold_to_a_cancelled_order_can_be_put_back()
    {
        var row = new CaseRow { Class = "confirmed-stock-without-money", Rule = "r", Evidence = "{}", Reason = "why", OrderId = Some.Id };
        var story = Some.Completed with { Order = Some.Order(States.Cancelled) };
        CaseRule.Fits(CaseRule.Compensate, row, story, same: true).ShouldSatisfyAllConditions(
            fits => fits.Refused.ShouldBeNull(), fits => fits.Commands.ShouldContain(Remedy.CancelStock));
        CaseRule.Fits(CaseRule.Compensate, row, story with { Order = null }, same: true).Refused.ShouldNotBeNull().ShouldContain("return");
    }

    static (IReadOnlyList<Remedy> Commands, string? Refused) Fits(string action, string stock, string payment) => CaseRule.Fits(
        action, Review, new Story(Some.Id, Some.Order(States.NeedsReview), Some.Stock(stock), Some.Payment(payment), []), same: true);
}
