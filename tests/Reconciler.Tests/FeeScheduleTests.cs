using Reconciler.Job;

namespace Reconciler.Tests;

public sealed class FeeScheduleTests
{
    [Theory]
    [InlineData(10_000, 140, 25, 165)]
    [InlineData(1, 140, 0, 0)]
    [InlineData(50, 100, 0, 1)]
    [InlineData(49, 100, 0, 0)]
    [InlineData(1_000_000_000_000, 10_000, 0, 1_000_000_000_000)]
    public void A_capture_costs_its_share_rounded_half_up_and_the_fixed_part(long amount, int basisPoints, long part, long fee) =>
        new FeeSchedule(basisPoints, part).OfCapture(amount).ShouldBe(fee);
}
