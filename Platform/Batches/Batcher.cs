using System.Threading.Channels;

namespace OrderSaga.Platform.Batches;

/// <summary>
/// Gathers what arrives while the batch before is being handled; no timer, so a lone item waits for nothing and a busy
/// source fills its batches by itself.
/// </summary>
public sealed class Batcher<T> : IAsyncDisposable
{
    readonly Channel<(T Item, TaskCompletionSource Done)> waiting =
        Channel.CreateUnbounded<(T, TaskCompletionSource)>(new UnboundedChannelOptions { SingleReader = true });
    readonly Task loop;

    /// <param name="maxSize">Items handled at once, at most.</param>
    /// <param name="handle">Handles one batch; what it throws, every item of that batch gets.</param>
    public Batcher(int maxSize, Func<IReadOnlyList<T>, Task> handle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSize, 1);
        // Whoever happens to be the first caller must not lend its span and log properties to every batch.
        using (ExecutionContext.SuppressFlow())
            loop = Task.Run(() => Loop(maxSize, handle));
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

    async Task Loop(int maxSize, Func<IReadOnlyList<T>, Task> handle)
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            var batch = new List<(T Item, TaskCompletionSource Done)>();
            while (batch.Count < maxSize && waiting.Reader.TryRead(out var next))
                batch.Add(next);
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
