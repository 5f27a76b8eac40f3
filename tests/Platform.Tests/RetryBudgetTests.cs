using OrderSaga.Platform.Http;

namespace Platform.Tests;

/// <summary>Retries are at most a tenth of the calls, whatever fails.</summary>
public sealed class RetryBudgetTests
{
    const int Seed = 20_261_130;

    [Fact]
    public void Retries_never_exceed_a_tenth_of_the_calls()
    {
        var (budget, random, retries) = (new RetryBudget(), new Random(Seed), 0);
        for (var calls = 1; calls <= 10_000; calls++)
        {
            budget.Count();
            if (random.Next(3) > 0 && budget.TryTake())
                retries++;
            (retries * 10).ShouldBeLessThanOrEqualTo(calls, $"seed {Seed}");
        }

        retries.ShouldBe(1000, "every retry that the budget allows is given");
    }

    [Fact]
    public void Few_unused_retries_are_kept()
    {
        var budget = new RetryBudget();
        for (var i = 0; i < 10_000; i++)
            budget.Count();
        Enumerable.Range(0, 100).Count(_ => budget.TryTake()).ShouldBe(10);
    }

    [Fact]
    public async Task Concurrent_calls_never_exceed_the_budget()
    {
        var (budget, retries) = (new RetryBudget(), 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                budget.Count();
                if (budget.TryTake())
                    Interlocked.Increment(ref retries);
            }
        })));
        retries.ShouldBe(8000);
    }
}
