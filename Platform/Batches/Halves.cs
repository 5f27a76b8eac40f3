using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Batches;

/// <summary>
/// Takes a batch apart that fails for what is in it, by halves: one bad item among n costs 2 log n more runs, not n. A batch that fails for want
/// of the database fails whole: its parts would fail alike.
/// </summary>
public static class Halves
{
    /// <param name="batch">The items.</param>
    /// <param name="run">Handles some of them, all or none.</param>
    /// <param name="fail">Is called for each item that could not be handled.</param>
    public static Task Run<T>(IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> run, Action<T, Exception> fail) =>
        Run(batch, run, fail, failure => !DatabaseErrors.MeansWait(failure));

    internal static async Task Run<T>(
        IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> run, Action<T, Exception> fail, Func<Exception, bool> takesApart)
    {
        if (await Failure(batch, run) is not { } failure)
            return;
        if (batch.Count == 1 || !takesApart(failure))
        {
            foreach (var item in batch)
                fail(item, failure);
            return;
        }

        var half = batch.Count / 2;
        await Run([.. batch.Take(half)], run, fail, takesApart);
        await Run([.. batch.Skip(half)], run, fail, takesApart);
    }

    static async Task<Exception?> Failure<T>(IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> run)
    {
        try
        {
            await run(batch);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
