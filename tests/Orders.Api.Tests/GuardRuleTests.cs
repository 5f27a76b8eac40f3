using Orders.Api.Switches;

namespace Orders.Api.Tests;

/// <summary>When the guard kills a switch.</summary>
public sealed class GuardRuleTests
{
    [Theory]
    [InlineData(100, 1, 100, 5, true)]
    [InlineData(100, 0, 100, 5, true)]
    [InlineData(100, 0, 100, 4, false)]
    [InlineData(100, 3, 100, 6, false)]
    [InlineData(100, 3, 100, 7, true)]
    [InlineData(1000, 30, 100, 7, true)]
    [InlineData(1000, 30, 100, 6, false)]
    [InlineData(49, 0, 100, 100, false)]
    [InlineData(100, 0, 49, 49, false)]
    [InlineData(0, 0, 100, 100, false)]
    public void A_value_that_fails_twice_as_often_is_killed(int orders, int failed, int otherOrders, int otherFailed, bool killed) =>
        (GuardRule.Judge(new("old", orders, failed), new("new", otherOrders, otherFailed), ratio: 2, minOrders: 50) is not null).ShouldBe(killed);
}
