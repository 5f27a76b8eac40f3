using Npgsql;
using OrderSaga.Platform.Batches;

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

    [Fact]
    public async Task All_bad_items_fail_and_all_others_are_handled()
    {
        var (handled, failed, _) = await Run(50, [0, 7, 8, 49]);
        failed.ShouldBe([0, 7, 8, 49]);
        handled.Count.ShouldBe(46);
    }

    [Fact]
    public async Task A_batch_that_must_wait_is_not_taken_apart()
    {
        var (runs, failed) = (0, new List<int>());
        await Halves.Run(Enumerable.Range(0, 64).ToList(), _ =>
        {
            runs++;
            throw new PostgresException("read-only", "ERROR", "ERROR", "25006");
        }, (item, _) => failed.Add(item));
        (runs, failed.Count).ShouldBe((1, 64));
    }

    static async Task<(List<int> Handled, List<int> Failed, int Runs)> Run(int size, int[] bad)
    {
        List<int> handled = [], failed = [];
        var runs = 0;
        await Halves.Run(Enumerable.Range(0, size).ToList(), batch =>
        {
            runs++;
            if (batch.Any(bad.Contains))
                throw new InvalidOperationException("bad");
            handled.AddRange(batch);
            return Task.CompletedTask;
        }, (item, _) => failed.Add(item));
        return (handled, failed, runs);
    }
}
