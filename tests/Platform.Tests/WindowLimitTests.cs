using OrderSaga.Platform.Rates;

namespace Platform.Tests;

/// <summary>Windows: five requests within any ten seconds.</summary>
public sealed class WindowLimitTests
{
    const int Max = 5;
    const long Second = TimeSpan.TicksPerSecond;
    const long Length = 10 * Second;

    static readonly WindowLimit Limit = new("test", Max, 10);

    readonly long[] count = Limit.NewCount();

    /// <summary>Also right after the start of the machine, when its clock is near zero.</summary>
    [Fact]
    public void Five_requests_are_accepted_at_once()
    {
        Accepted(20, now: 0).ShouldBe(Max);
        Limit.Left(count, 1, now: 3 * Second).ShouldBe(new Allowance(0, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)));
    }

    [Fact]
    public void The_next_is_accepted_when_the_oldest_is_ten_seconds_old()
    {
        for (var i = 0; i < Max; i++)
            Limit.TryTake(count, 1, now: i * Second).ShouldBeTrue();
        Limit.TryTake(count, 1, now: Length - 1).ShouldBeFalse();
        Limit.TryTake(count, 1, now: Length).ShouldBeTrue();
        Limit.TryTake(count, 1, now: Length).ShouldBeFalse();
        Limit.TryTake(count, 1, now: Length + Second).ShouldBeTrue();
    }

    [Fact]
    public void What_is_given_back_can_be_taken_again()
    {
        Accepted(20, now: 0).ShouldBe(Max);
        Limit.GiveBack(count, 1, takenAt: 0);
        Limit.Left(count, 1, now: 0).Permits.ShouldBe(1);
        Accepted(20, now: 0).ShouldBe(1);
    }

    [Fact]
    public void No_window_has_more_than_the_maximum()
    {
        var random = new Random(20261001);
        var now = 0L;
        var accepted = new List<long>();
        for (var step = 0; step < 100_000; step++)
        {
            now += random.NextInt64(2 * Second);
            var recent = accepted.Count(time => time > now - Length);
            Limit.Left(count, 1, now).Permits.ShouldBe(Max - recent, $"step {step}");
            Limit.TryTake(count, 1, now).ShouldBe(recent < Max, $"step {step}");
            if (recent < Max)
                accepted.Add(now);
            accepted.RemoveAll(time => time <= now - Length);
        }
    }

    [Fact]
    public void Sixteen_threads_never_exceed_the_maximum()
    {
        var accepted = 0;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            for (var i = 0; i < 1000; i++)
                if (Limit.TryTake(count, 1, now: 0))
                    Interlocked.Increment(ref accepted);
        });
        accepted.ShouldBe(Max);
    }

    int Accepted(int requests, long now) => Enumerable.Range(0, requests).Count(_ => Limit.TryTake(count, 1, now));
}
