using OrderSaga.Platform.Rates;

namespace Platform.Tests;

/// <summary>The counts of callers whose names can be invented.</summary>
public sealed class CallerTableTests
{
    const int Max = 1000;
    static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    static readonly WindowLimit Limit = new("test", 5, 10);

    readonly CallerTable<string> table = new(Max, Lifetime);

    [Fact]
    public void A_caller_has_one_count() => table.CountOf("a", Limit, now: 1).ShouldBeSameAs(table.CountOf("a", Limit, now: 2));

    [Fact]
    public void A_hundred_thousand_names_take_bounded_memory()
    {
        var largest = 0;
        for (var i = 0; i < 100_000; i++)
        {
            table.CountOf($"invented-{i}", Limit, now: i);
            largest = i % 500 == 0 ? Math.Max(largest, table.Count) : largest;
        }

        largest.ShouldBeInRange(Max / 2, Max);
    }

    [Fact]
    public void A_flood_of_names_does_not_reset_a_busy_caller()
    {
        var busy = table.CountOf("busy", Limit, now: 0);
        for (var i = 0; i < 100_000; i++)
        {
            table.CountOf($"invented-{i}", Limit, now: i);
            if (i % 400 == 0)
                table.CountOf("busy", Limit, now: i).ShouldBeSameAs(busy);
        }
    }

    [Fact]
    public void A_new_caller_is_accepted_in_a_flood_of_names()
    {
        for (var i = 0; i < 100_000; i++)
            Limit.TryTake(table.CountOf($"invented-{i}", Limit, now: 0), 1, now: 0).ShouldBeTrue();
        Limit.TryTake(table.CountOf("honest", Limit, now: 0), 1, now: 0).ShouldBeTrue();
    }

    [Fact]
    public void An_idle_count_is_dropped_after_its_lifetime()
    {
        var first = table.CountOf("idle", Limit, now: 0);
        table.CountOf("a", Limit, now: Lifetime.Ticks);
        table.CountOf("b", Limit, now: 2 * Lifetime.Ticks);
        table.CountOf("idle", Limit, now: 2 * Lifetime.Ticks).ShouldNotBeSameAs(first);
        table.Count.ShouldBeLessThanOrEqualTo(3);
    }

    [Fact]
    public void A_count_in_use_survives_its_lifetime()
    {
        var first = table.CountOf("used", Limit, now: 0);
        for (var i = 1; i < 10; i++)
        {
            table.CountOf($"other-{i}", Limit, now: i * Lifetime.Ticks);
            table.CountOf("used", Limit, now: i * Lifetime.Ticks).ShouldBeSameAs(first);
        }
    }

    [Fact]
    public void Sixteen_threads_share_the_count_of_a_caller()
    {
        var found = new long[16][];
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => found[i] = table.CountOf("one", Limit, now: 0));
        found.ShouldAllBe(count => count == found[0]);
    }
}
