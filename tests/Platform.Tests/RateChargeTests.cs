using OrderSaga.Platform.Rates;

namespace Platform.Tests;

/// <summary>A request takes from all of its limits or from none.</summary>
public sealed class RateChargeTests
{
    readonly ElapsedClock clock = new();
    readonly RateClaim bucket = Claim(BucketLimit.Of("bucket", 1, 3)!);
    readonly RateClaim window = Claim(new WindowLimit("window", 2, 10));

    [Fact]
    public void A_request_takes_from_every_limit()
    {
        TryTake().ShouldBeTrue();
        (Left(bucket), Left(window)).ShouldBe((2, 1));
    }

    [Fact]
    public void A_refused_request_takes_nothing_from_any_limit()
    {
        TryTake().ShouldBeTrue();
        TryTake().ShouldBeTrue();
        for (var i = 0; i < 10; i++)
            TryTake().ShouldBeFalse();
        (Left(bucket), Left(window)).ShouldBe((1, 0));
    }

    [Fact]
    public void A_charge_that_has_its_permits_takes_no_more()
    {
        var charge = Charge();
        charge.TryTake(out _).ShouldBeTrue();
        charge.TryTake(out _).ShouldBeTrue();
        (Left(bucket), Left(window)).ShouldBe((2, 1));
    }

    [Fact]
    public void A_charge_is_given_back_once()
    {
        TryTake().ShouldBeTrue();
        var charge = Charge();
        charge.TryTake(out _).ShouldBeTrue();
        clock.Advance(0.1);
        charge.GiveBack();
        charge.GiveBack();
        (Left(bucket), Left(window)).ShouldBe((2, 1));
        charge.TryTake(out _).ShouldBeTrue();
    }

    [Fact]
    public void The_longest_wait_of_all_refusing_limits_counts()
    {
        TryTake().ShouldBeTrue();
        TryTake().ShouldBeTrue();
        bucket.Limit.TryTake(bucket.Count, 1, RateCharge.Now(clock)).ShouldBeTrue();
        Charge().TryTake(out var excess).ShouldBeFalse();
        excess!.Limits.Select(limit => limit.Name).ShouldBe(["bucket", "window"]);
        excess.RetryAfterSeconds.ShouldBe(10);
        Charge().Excess()!.Wait.ShouldBe(excess.Wait, "to ask is to take nothing");
    }

    [Fact]
    public void A_jump_of_the_time_of_day_changes_no_rate()
    {
        TryTake().ShouldBeTrue();
        TryTake().ShouldBeTrue();
        foreach (var hours in (int[])[1, -2, 24])
        {
            clock.Jump = TimeSpan.FromHours(hours);
            TryTake().ShouldBeFalse();
        }

        clock.Advance(10);
        TryTake().ShouldBeTrue();
    }

    [Fact]
    public async Task Concurrent_charges_never_exceed_a_limit()
    {
        var limits = new[] { Claim(BucketLimit.Of("a", 10, 60)!), Claim(BucketLimit.Of("b", 10, 50)!), Claim(new WindowLimit("c", 40, 10)) };
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(() =>
            Enumerable.Range(0, 100).Count(_ => new RateCharge(clock, limits).TryTake(out RateExcess? refusal)))));
        taken.Sum().ShouldBe(40);
        limits.Select(Left).ShouldBe([20L, 10L, 0L]);
    }

    bool TryTake() => Charge().TryTake(out _);

    RateCharge Charge() => new(clock, [bucket, window]);

    long Left(RateClaim claim) => claim.Limit.Left(claim.Count, 1, RateCharge.Now(clock)).Permits;

    static RateClaim Claim(RateLimit limit) => new(limit, limit.NewCount());
}
