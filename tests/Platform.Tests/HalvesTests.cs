using Npgsql;
using OrderSaga.Platform.Processing;

namespace Platform.Tests;

public sealed class HalvesTests
{
    [Theory]
    [InlineData(64, 13)]
    [InlineData(8, 7)]
    [InlineData(1, 1)]
    public async Task One_bad_item_is_found_in_logarithmic_time(int size, int runs)
    {
        for (var bad = 0; bad < size; bad++)
        {
            var (handled, failed, ran) = await Run(size, [bad]);
            handled.ShouldBe(Enumerable.Range(0, size).Where(item => item != bad));
            failed.ShouldBe([bad]);
            ran.ShouldBe(runs);
        }
    }

    [Theory]
    [InlineData(64, new[] { 31 }, 4)]
    [InlineData(64, new[] { 0 }, 3)]
    [InlineData(64, new[] { 63 }, 3)]
    [InlineData(64, new[] { 5, 6, 50 }, 9)]
    [InlineData(1, new[] { 0 }, 1)]
    public async Task A_named_item_is_run_alone(int size, int[] bad, int runs)
    {
        var (handled, failed, ran) = await Run(size, bad, named: true);
        handled.ShouldBe(Enumerable.Range(0, size).Except(bad));
        failed.ShouldBe(bad);
        ran.ShouldBe(runs);
    }

    [Fact]
    public async Task All_bad_items_fail_and_all_others_are_handled()
    {
        var (handled, failed, _) = await Run(50, [0, 7, 8, 49]);
        failed.ShouldBe([0, 7, 8, 49]);
        handled.Count.ShouldBe(46);
    }

    [Fact]
    public async Task A_batch_that_must_wait_is_not_split()
    {
        var (runs, failed) = (0, new List<int>());
        await BatchSplitter.Run(Enumerable.Range(0, 64).ToList(), _ =>
        {
            runs++;
            throw new PostgresException("read-only", "ERROR", "ERROR", "25006");
        }, (item, _) => failed.Add(item));
        (runs, failed.Count).ShouldBe((1, 64));
    }

    static async Task<(List<int> Handled, List<int> Failed, int Runs)> Run(int size, int[] bad, bool named = false)
    {
        List<int> handled = [], failed = [];
        var runs = 0;
        await BatchSplitter.Run(Enumerable.Range(0, size).ToList(), batch =>
        {
            runs++;
            if (batch.Any(bad.Contains))
                throw Failure(batch.First(bad.Contains), named);
            handled.AddRange(batch);
            return Task.CompletedTask;
        }, (item, failure) =>
        {
            failure.ShouldBeOfType<InvalidOperationException>();
            failed.Add(item);
        });
        return (handled, failed, runs);
    }

    static Exception Failure(int item, bool named)
    {
        var failure = new InvalidOperationException("bad");
        return named ? new ItemFailedException(item, failure) : failure;
    }
}
