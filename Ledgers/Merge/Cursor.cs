using System.Threading.Channels;

namespace OrderSaga.Ledgers;

/// <summary>A position in a ledger. Reads some pages ahead, in parallel with the other ledgers and the merge.</summary>
public sealed class Cursor<T> : IAsyncDisposable where T : class
{
    readonly Ledger<T> ledger;
    readonly Channel<List<T>> pages;
    readonly CancellationTokenSource stop;
    readonly Task reading;
    List<T> page = [];
    int at = -1;

    public Cursor(Ledger<T> ledger, LedgerFilter filter, LedgerSettings settings, CancellationToken cancel)
    {
        this.ledger = ledger;
        pages = Channel.CreateBounded<List<T>>(new BoundedChannelOptions(settings.ReadAheadPages) { SingleReader = true, SingleWriter = true });
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        reading = Task.Run(() => ReadAhead(filter), CancellationToken.None);
    }

    /// <summary>The current order; null at the end.</summary>
    public Guid? Id { get; private set; }

    /// <summary>Returns the entry of the order if it is the current one, and advances.</summary>
    public async ValueTask<T?> ReadAt(Guid id)
    {
        if (Id != id)
            return null;
        var entry = page[at];
        await Next();
        return entry;
    }

    public async ValueTask Next()
    {
        var before = Id;
        while (++at >= page.Count)
        {
            if (!await pages.Reader.WaitToReadAsync(stop.Token))
            {
                Id = null;
                return;
            }

            page = await pages.Reader.ReadAsync(stop.Token);
            at = -1;
        }

        Id = ledger.IdOf(page[at]);
        // Merging unsorted input would report false differences.
        if (before is { } last && ledger.IdComparer.Compare(last, Id.Value) >= 0)
            throw new InvalidOperationException($"{ledger.GetType().Name} gave order {Id} after {last}: the database does not sort ids as expected.");
    }

    async Task ReadAhead(LedgerFilter filter)
    {
        Exception? failure = null;
        try
        {
            await foreach (var read in ledger.Pages(filter, stop.Token))
                await pages.Writer.WriteAsync(read, stop.Token);
        }
        catch (Exception error)
        {
            failure = error;
        }

        // The reader of the next page gets the failure.
        pages.Writer.Complete(failure);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading;
        stop.Dispose();
    }
}

public static class Cursors
{
    /// <summary>The smaller id; null means the end.</summary>
    public static Guid? Min(IComparer<Guid> order, Guid? one, Guid? other) =>
        one is null || (other is not null && order.Compare(one.Value, other.Value) > 0) ? other : one;
}
