using System.Runtime.CompilerServices;

namespace Reconciler.Job;

/// <summary>
/// Merges the four ledgers by order id in one pass. Holds a few pages of each, whatever the number of orders.
/// </summary>
sealed class FourWayMerge(Ledgers ledgers, LedgerSettings settings)
{
    /// <summary>The orders in the window, sorted by id, starting after <paramref name="after"/>.</summary>
    public async IAsyncEnumerable<Story> Read(MergeWindow window, Guid? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var stories = window.Since is { } since ? Changed(since, after, cancel) : Merge(new Which.After(after), cancel);
        await foreach (var story in stories)
        {
            if (window.Has(story))
                yield return story;
        }
    }

    /// <summary>One order as it is now, whatever its state.</summary>
    public async Task<Story> Look(Guid orderId, CancellationToken cancel = default)
    {
        await foreach (var story in Look([orderId], cancel))
            return story;
        return new Story(orderId, null, null, null, []);
    }

    /// <summary>These orders as they are now; orders unknown to all ledgers are left out.</summary>
    public IAsyncEnumerable<Story> Look(IReadOnlyList<Guid> orders, CancellationToken cancel = default) => Merge(new Which.Only(orders), cancel);

    /// <summary>Finds the changed orders in each ledger first, then reads them in chunks.</summary>
    async IAsyncEnumerable<Story> Changed(DateTime since, Guid? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var ids = Sorted.Union(
            ledgers.Orders.OrderOfIds,
            [
                ledgers.Orders.ChangedSince(since, cancel), ledgers.Stock.ChangedSince(since, cancel),
                ledgers.Payments.ChangedSince(since, cancel), ledgers.Settlement.ChangedSince(since, cancel),
            ],
            cancel);
        var order = ledgers.Orders.OrderOfIds;
        await foreach (var some in ids.Where(id => after is null || order.Compare(id, after.Value) > 0).Chunk(settings.LookUpOrders).WithCancellation(cancel))
        {
            await foreach (var story in Merge(new Which.Only(some), cancel))
                yield return story;
        }
    }

    async IAsyncEnumerable<Story> Merge(Which which, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var orders = new Cursor<OrderEntry>(ledgers.Orders, which, settings, cancel);
        await using var stock = new Cursor<StockEntry>(ledgers.Stock, which, settings, cancel);
        await using var payments = new Cursor<PaymentEntry>(ledgers.Payments, which, settings, cancel);
        await using var settled = new Cursor<SettledOrder>(ledgers.Settlement, which, settings, cancel);
        await orders.Next();
        await stock.Next();
        await payments.Next();
        await settled.Next();
        var order = ledgers.Orders.OrderOfIds;
        while (Cursors.Least(order, Cursors.Least(order, orders.Id, stock.Id), Cursors.Least(order, payments.Id, settled.Id)) is { } id)
            yield return new Story(id, await orders.Take(id), await stock.Take(id), await payments.Take(id), (await settled.Take(id))?.Rows ?? []);
    }
}
