using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Processing;

/// <summary>Thrown by a batch's handler: names the item that failed.</summary>
/// <param name="item">The item.</param>
/// <param name="failure">Why it failed.</param>
public sealed class ItemFailedException(object item, Exception failure) : Exception(failure.Message, failure)
{
    public object Item => item;
}

/// <summary>
/// Splits a failing batch until the failing items are alone. If <see cref="ItemFailedException"/> names an item, the items before it, the
/// item, and the items after it run separately. Otherwise the batch is halved: one failing item among n costs at most 2 log2(n) extra runs,
/// not n. After a failure for which a split does not help, such as an unavailable database, all items of the part fail.
/// </summary>
public static class BatchSplitter
{
    /// <param name="batch">The items.</param>
    /// <param name="run">Handles a part of the batch: all of its items or none.</param>
    /// <param name="fail">Called for each item that could not be handled. A locked row or an unavailable database fails all items.</param>
    public static Task Run<T>(IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> run, Action<T, Exception> fail) =>
        Run(batch, run, fail, failure => !DatabaseErrors.IsTransient(failure));

    internal static async Task Run<T>(
        IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> run, Action<T, Exception> fail, Func<Exception, bool> shouldSplit)
    {
        if (await TryRun(batch, run) is not { } failure)
            return;
        if (batch.Count == 1 || !shouldSplit(failure))
        {
            foreach (var item in batch)
                fail(item, failure is ItemFailedException { InnerException: { } cause } ? cause : failure);
            return;
        }

        foreach (var part in Parts(batch, failure))
            await Run(part, run, fail, shouldSplit);
    }

    /// <summary>The parts to run next, in the order of the batch.</summary>
    internal static IReadOnlyList<IReadOnlyList<T>> Parts<T>(IReadOnlyList<T> batch, Exception failure)
    {
        var failedIndex = failure is ItemFailedException { Item: T item } ? batch.ToList().IndexOf(item) : -1;
        var half = batch.Count / 2;
        IReadOnlyList<T>[] parts = failedIndex < 0
            ? [[.. batch.Take(half)], [.. batch.Skip(half)]]
            : [[.. batch.Take(failedIndex)], [batch[failedIndex]], [.. batch.Skip(failedIndex + 1)]];
        return [.. parts.Where(part => part.Count > 0)];
    }

    static async Task<Exception?> TryRun<T>(IReadOnlyList<T> batch, Func<IReadOnlyList<T>, Task> run)
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
