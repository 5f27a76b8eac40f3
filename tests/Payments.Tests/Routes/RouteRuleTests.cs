namespace OrderSaga.Payments.Tests;

/// <summary>Every row of the rule that decides which gateway authorizes.</summary>
public sealed class RouteRuleTests
{
    static readonly RouteSettings Default = new() { Order = "main,backup" };
    static readonly RouteSettings Hold = new() { Order = "main,backup", WhileUnknown = WhileUnknown.Hold, MaxHoldAmount = 1250 };
    static readonly RouteSettings Decline = new() { Order = "main,backup", WhenNone = WhenNone.Decline };

    [Theory]
    [InlineData("NeverSent", "Stay, Other, OtherLater, Stay, Stay")]
    [InlineData("SoftDeclined", "Stay, Other, Other, AwaitOther, Stay")]
    [InlineData("Declined", "Stay, Stay, Stay, AwaitOther, Stay")]
    [InlineData("Closed", "Stay, Other, Other, AwaitOther, Stay")]
    [InlineData("Unknown", "Stay, Stay, Stay, Stay, Stay")]
    [InlineData("Unreachable", "Stay, Stay, Stay, Stay, Stay")]
    public void Only_certainty_sends_an_order_elsewhere(string certainty, string steps) => Steps(certainty, Default).ShouldBe(steps);

    [Theory]
    [InlineData("NeverSent", "Stay, Other, OtherLater, Stay, Stay")]
    [InlineData("Declined", "Stay, Stay, Stay, AwaitOther, Stay")]
    [InlineData("Unknown", "Stay, Stay, Stay, Stay, Stay")]
    [InlineData("Unreachable", "Stay, Other, Stay, Stay, Stay")]
    public void Hold_also_sends_a_card_that_nobody_answers_for(string certainty, string steps) => Steps(certainty, Hold).ShouldBe(steps);

    [Fact]
    public void Hold_is_bounded_by_amount_and_for_cards_only()
    {
        var facts = new RouteFacts(Certainty.Unreachable, OtherGateway.Untried, CancelRequested: false, Hosted: false, Amount: 1250);
        RouteRule.Decide(facts, Hold).ShouldBe(RouteStep.Other);
        RouteRule.Decide(facts with { Amount = 1251 }, Hold).ShouldBe(RouteStep.Stay);
        RouteRule.Decide(facts with { Hosted = true }, Hold).ShouldBe(RouteStep.Stay);
    }

    [Theory]
    [InlineData("NeverSent", "Decline, Other, Decline, Stay, Decline")]
    [InlineData("SoftDeclined", "Stay, Other, Other, AwaitOther, Stay")]
    [InlineData("Unreachable", "Stay, Stay, Stay, Stay, Stay")]
    public void Decline_ends_only_what_no_gateway_has_got(string certainty, string steps) => Steps(certainty, Decline).ShouldBe(steps);

    [Theory]
    [InlineData("NeverSent", "Decline, Decline, Decline, Stay, Decline")]
    [InlineData("SoftDeclined", "Stay, Stay, Stay, AwaitOther, Stay")]
    [InlineData("Declined", "Stay, Stay, Stay, AwaitOther, Stay")]
    [InlineData("Closed", "Stay, Stay, Stay, AwaitOther, Stay")]
    [InlineData("Unknown", "Stay, Stay, Stay, Stay, Stay")]
    [InlineData("Unreachable", "Stay, Stay, Stay, Stay, Stay")]
    public void A_cancelled_order_goes_to_no_gateway(string certainty, string steps) => Steps(certainty, Hold, cancelled: true).ShouldBe(steps);

    [Fact]
    public void A_share_of_the_orders_begins_at_the_backup()
    {
        var orders = Enumerable.Range(0, 20_000).Select(_ => Guid.CreateVersion7()).ToList();
        int AtBackup(int percent)
        {
            var settings = new RouteSettings { Order = "main,backup", WarmPercent = percent };
            return orders.Count(order => RouteRule.First(order, settings) == "backup");
        }

        AtBackup(0).ShouldBe(0);
        AtBackup(5).ShouldBeInRange(800, 1200);
        AtBackup(100).ShouldBe(20_000);
        RouteRule.First(orders[0], new RouteSettings { WarmPercent = 100 }).ShouldBe("main");
    }

    [Fact]
    public void An_order_has_at_most_two_gateways()
    {
        RouteRule.Other("main", ["main"], Default).ShouldBe("backup");
        RouteRule.Other("backup", ["backup"], Default).ShouldBe("main");
        RouteRule.Other("main", ["main"], new RouteSettings()).ShouldBeNull();
        RouteRule.Other("main", ["main", "backup"], new RouteSettings { Order = "third,main" }).ShouldBe("backup", "the settings changed meanwhile");
        RouteRule.Other("old", ["old"], Default).ShouldBe("main", "the settings changed meanwhile");
    }

    /// <summary>The decisions for each state of the other gateway: none, untried, never sent, open, declined.</summary>
    static string Steps(string certainty, RouteSettings settings, bool cancelled = false) => string.Join(", ", Enum.GetValues<OtherGateway>().Select(other =>
        RouteRule.Decide(new RouteFacts(Enum.Parse<Certainty>(certainty), other, cancelled, Hosted: false, Amount: 1250), settings)));
}
