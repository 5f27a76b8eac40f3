using System.Threading.Channels;

namespace OrderSaga.Platform.Batches;

/// <summary>
/// Gathers what arrives while the batch before is being handled, and for a moment longer if it is told to: at a source, where
/// items come one by one, many small batches would go on as many small batches to the end. A lone item waits for nothing.
/// </summary>
public sealed class Batcher<T> : IAsyncDisposable
{
    readonly Channel<(T Item, TaskCompletionSource Done)> waiting =
        Channel.CreateUnbounded<(T, TaskCompletionSource)>(new UnboundedChannelOptions { SingleReader = false });
    readonly Task loop;

    /// <param name="maxSize">Items handled at once, at most.</param>
    /// <param name="handle">Handles one batch; what it throws, every item of that batch gets.</param>
    /// <param name="gather">Waits while more arrives, before the batch after a batch of several; without it that batch waits for nothing.</param>
    public Batcher(int maxSize, Func<IReadOnlyList<T>, Task> handle, Func<Task>? gather = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        // Whoever happens to be the first caller must not lend its span and log properties to every batch.
        using (ExecutionContext.SuppressFlow())
            loop = Task.Run(() => Loop(maxSize, handle, gather));
    }

    /// <summary>Ends when the batch with this item has been handled; throws what the handler threw.</summary>
    public Task Add(T item)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ObjectDisposedException.ThrowIf(!waiting.Writer.TryWrite((item, done)), this);
        return done.Task;
    }

    /// <summary>Adds without waiting for the outcome; false when nothing is taken any more.</summary>
    public bool TryAdd(T item) => waiting.Writer.TryWrite((item, new TaskCompletionSource()));

    /// <summary>Handles what is waiting, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
    }

    async Task Loop(int maxSize, Func<IReadOnlyList<T>, Task> handle, Func<Task>? gather)
    {
        var several = false;
        while (await waiting.Reader.WaitToReadAsync())
        {
            if (several && gather is not null && waiting.Reader.Count < maxSize)
                await gather();
            var batch = new List<(T Item, TaskCompletionSource Done)>();
            while (batch.Count < maxSize && waiting.Reader.TryRead(out var next))
                batch.Add(next);
            several = batch.Count > 1;
            await HandleOne(batch, handle);
        }
    }

    static async Task HandleOne(List<(T Item, TaskCompletionSource Done)> batch, Func<IReadOnlyList<T>, Task> handle)
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
