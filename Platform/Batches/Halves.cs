using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Batches;

/// <summary>One item of a batch failed, and this says which.</summary>
/// <param name="item">The item.</param>
/// <param name="failure">Why it failed.</param>
public sealed class ItemFailedException(object item, Exception failure) : Exception(failure.Message, failure)
{
    public object Item => item;
}

/// <summary>
/// Takes a batch apart that fails for what is in it. An item that is named (<see cref="ItemFailedException"/>) is run alone, between those before and
/// those after it. Otherwise the batch is halved: one bad item among n costs 2 log n more runs, not n. A batch that fails for want of the database
/// fails whole: its parts would fail alike.
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
                fail(item, failure is ItemFailedException { InnerException: { } cause } ? cause : failure);
            return;
        }

        foreach (var part in Parts(batch, failure))
            await Run(part, run, fail, takesApart);
    }

    /// <summary>What is run next, in the order of the batch.</summary>
    internal static IReadOnlyList<IReadOnlyList<T>> Parts<T>(IReadOnlyList<T> batch, Exception failure)
    {
        var named = failure is ItemFailedException { Item: T item } ? batch.ToList().IndexOf(item) : -1;
        var half = batch.Count / 2;
        IReadOnlyList<T>[] parts = named < 0
            ? [[.. batch.Take(half)], [.. batch.Skip(half)]]
            : [[.. batch.Take(named)], [batch[named]], [.. batch.Skip(named + 1)]];
        return [.. parts.Where(part => part.Count > 0)];
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
