using OrderSaga.Platform.Rates;

namespace Platform.Tests;

/// <summary>Token buckets: an average of ten a second, and bursts of twenty.</summary>
public sealed class BucketLimitTests
{
    const int PerSecond = 10, Burst = 20;
    const long Second = TimeSpan.TicksPerSecond;
    const long Interval = Second / PerSecond;

    static readonly BucketLimit Limit = BucketLimit.Of("test", PerSecond, Burst)!;

    readonly long[] count = Limit.NewCount();

    [Fact]
    public void One_request_is_accepted()
    {
        Limit.TryTake(count, 1, now: 0).ShouldBeTrue();
        Limit.Left(count, 1, now: 0).ShouldBe(new Allowance(Burst - 1, TimeSpan.Zero, TimeSpan.FromTicks(Interval)));
    }

    [Fact]
    public void After_the_burst_the_average_counts()
    {
        Accepted(100, now: 0).ShouldBe(Burst);
        var later = Enumerable.Range(1, 10_000).Count(i => Limit.TryTake(count, 1, now: i * Second / 1000));
        later.ShouldBe(10 * PerSecond);
    }

    [Fact]
    public void Idle_time_saves_no_more_than_the_burst()
    {
        Accepted(100, now: 0).ShouldBe(Burst);
        Accepted(100, now: 3600 * Second).ShouldBe(Burst);
    }

    [Fact]
    public void A_costly_request_takes_several_permits()
    {
        Limit.TryTake(count, 15, now: 0).ShouldBeTrue();
        Limit.TryTake(count, 6, now: 0).ShouldBeFalse();
        Accepted(100, now: 0).ShouldBe(5);
    }

    [Fact]
    public void A_request_over_the_burst_takes_all_of_it()
    {
        Limit.TryTake(count, 1000, now: 0).ShouldBeTrue();
        Limit.TryTake(count, 1, now: 0).ShouldBeFalse();
        Limit.Left(count, 1000, now: 0).Wait.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_refused_request_takes_nothing()
    {
        Accepted(1000, now: 0).ShouldBe(Burst);
        Limit.TryTake(count, 1, now: Interval).ShouldBeTrue();
    }

    [Fact]
    public void Permits_given_back_can_be_taken_again()
    {
        Accepted(100, now: 0).ShouldBe(Burst);
        Limit.GiveBack(count, 3, takenAt: 0);
        Accepted(100, now: 0).ShouldBe(3);
    }

    [Fact]
    public void A_change_of_the_rate_keeps_the_count()
    {
        Accepted(100, now: 0).ShouldBe(Burst);
        var larger = BucketLimit.Of("test", PerSecond, Burst + 5)!;
        Enumerable.Range(0, 100).Count(_ => larger.TryTake(count, 1, now: 0)).ShouldBe(5);
    }

    /// <summary>The model adds up what has flowed in, as the textbook does.</summary>
    [Fact]
    public void A_million_random_steps_agree_with_the_model()
    {
        var random = new Random(20261001);
        var (now, level) = (0L, Burst * Interval);
        for (var step = 0; step < 1_000_000; step++)
        {
            var passed = random.Next(3) == 0 ? random.NextInt64(2 * Interval) : 0;
            var cost = random.Next(10) == 0 ? random.Next(1, Burst + 1) : 1;
            (now, level) = (now + passed, Math.Min(level + passed, Burst * Interval));
            var left = Limit.Left(count, cost, now);
            (left.Permits, left.Wait.Ticks).ShouldBe((level / Interval, Math.Max(0, (cost * Interval) - level)), $"step {step}");
            if (Limit.TryTake(count, cost, now))
                level -= cost * Interval;
            else
                left.Wait.ShouldBeGreaterThan(TimeSpan.Zero, $"step {step}");
            level.ShouldBeGreaterThanOrEqualTo(0, $"step {step}");
        }
    }

    [Fact]
    public void Sixteen_threads_never_take_more_than_the_burst()
    {
        var limit = BucketLimit.Of("test", 1_000, 50_000)!;
        var accepted = 0;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                if (!limit.TryTake(count, 1, now: 0))
                    continue;
                if (i % 2 == 0)
                    limit.GiveBack(count, 1, takenAt: 0);
                else
                    Interlocked.Increment(ref accepted);
            }
        });
        accepted += Enumerable.Range(0, 100_000).Count(_ => limit.TryTake(count, 1, now: 0));
        accepted.ShouldBe(50_000);
    }

    [Fact]
    public void A_decision_allocates_nothing()
    {
        Accepted(100, now: 0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            Limit.TryTake(count, 1, now: i * Interval);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Theory]
    [InlineData(10, 9, false)]
    [InlineData(10, 10, true)]
    [InlineData(10, 36_000, true)]
    [InlineData(10, 36_001, false)]
    [InlineData(10, null, true)]
    [InlineData(0, 5, true)]
    public void A_burst_is_of_a_second_to_an_hour(int perSecond, int? burst, bool isValid) => BucketLimit.IsBurst(burst, perSecond).ShouldBe(isValid);

    [Fact]
    public void The_rate_0_is_no_limit() => BucketLimit.Of("test", 0, null).ShouldBeNull();

    int Accepted(int requests, long now) => Enumerable.Range(0, requests).Count(_ => Limit.TryTake(count, 1, now));
}
