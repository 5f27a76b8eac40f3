using System.Threading.Channels;

namespace OrderSaga.Platform.Common;

/// <summary>
/// Collects the items that arrive while the previous batch is handled. With a linger, it also waits for more items if that batch had several:
/// items that share a batch here also share the batches of all later steps. After a batch of one item it does not wait.
/// </summary>
public sealed class Batcher<T> : IAsyncDisposable
{
    readonly Channel<(T Item, TaskCompletionSource Done)> waiting =
        Channel.CreateUnbounded<(T, TaskCompletionSource)>(new UnboundedChannelOptions { SingleReader = false });
    readonly Task loop;

    /// <param name="maxSize">Maximum number of items in one batch.</param>
    /// <param name="handle">Handles one batch. Its exception is passed to every item of the batch.</param>
    /// <param name="linger">Waits for more items before the next batch after a batch of several; null: no wait.</param>
    public Batcher(int maxSize, Func<IReadOnlyList<T>, Task> handle, Func<Task>? linger = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        // The first caller's span and log properties must not flow into every batch.
        using (ExecutionContext.SuppressFlow())
            loop = Task.Run(() => Loop(maxSize, handle, linger));
    }

    /// <summary>Completes when the batch with this item was handled; throws what the handler threw.</summary>
    public Task Add(T item)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!waiting.Writer.TryWrite((item, done)), this);
        return done.Task;
    }

    /// <summary>Adds without waiting for the outcome; false after disposal.</summary>
    public bool TryAdd(T item) => waiting.Writer.TryWrite((item, new TaskCompletionSource()));

    /// <summary>Handles the waiting items, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
    }

    async Task Loop(int maxSize, Func<IReadOnlyList<T>, Task> handle, Func<Task>? linger)
    {
        var several = false;
        while (await waiting.Reader.WaitToReadAsync())
        {
            if (several && linger is not null && waiting.Reader.Count < maxSize)
                await linger();
            var batch = new List<(T Item, TaskCompletionSource Done)>();
            while (batch.Count < maxSize && waiting.Reader.TryRead(out var next))
                batch.Add(next);
            several = batch.Count > 1;
            await RunBatch(batch, handle);
        }
    }

    static async Task RunBatch(List<(T Item, TaskCompletionSource Done)> batch, Func<IReadOnlyList<T>, Task> handle)
    {
        try
        {
            await handle(batch.ConvertAll(entry => entry.Item));
            batch.ForEach(entry => entry.Done.TrySetResult());
        }
        catch (Exception failure)
        {
            batch.ForEach(entry => entry.Done.TrySetException(failure));
        }
    }
}
