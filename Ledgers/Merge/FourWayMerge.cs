using System.Runtime.CompilerServices;

namespace OrderSaga.Ledgers;

/// <summary>
/// Merges the four ledgers by order id in one pass. Holds a few pages of each, whatever the number of orders.
/// </summary>
public sealed class FourWayMerge(LedgerSet ledgers, LedgerSettings settings)
{
    /// <summary>The orders in the window, sorted by id, starting after <paramref name="after"/>.</summary>
    public async IAsyncEnumerable<OrderSnapshot> Read(MergeWindow window, Guid? after = null, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var snapshots = window.Since is { } since ? Changed(since, after, cancel) : Merge(new LedgerFilter.After(after), cancel);
        await foreach (var snapshot in snapshots)
        {
            if (window.Has(snapshot))
                yield return snapshot;
        }
    }

    /// <summary>One order as it is now, even if it is in flight.</summary>
    public async Task<OrderSnapshot> ReadOne(Guid orderId, CancellationToken cancel = default)
    {
        await foreach (var snapshot in ReadOrders([orderId], cancel))
            return snapshot;
        return new OrderSnapshot(orderId, null, null, null, []);
    }

    /// <summary>These orders as they are now; orders unknown to all ledgers are left out.</summary>
    public IAsyncEnumerable<OrderSnapshot> ReadOrders(IReadOnlyList<Guid> orders, CancellationToken cancel = default) =>
        Merge(new LedgerFilter.Only(orders), cancel);

    /// <summary>Finds the changed orders in each ledger first, then reads them in chunks.</summary>
    async IAsyncEnumerable<OrderSnapshot> Changed(DateTime since, Guid? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        var ids = Sorted.Union(
            ledgers.Orders.IdComparer,
            [
                ledgers.Orders.ChangedSince(since, cancel), ledgers.Stock.ChangedSince(since, cancel),
                ledgers.Payments.ChangedSince(since, cancel), ledgers.Settlement.ChangedSince(since, cancel),
            ],
            cancel);
        var order = ledgers.Orders.IdComparer;
        await foreach (var some in ids.Where(id => after is null || order.Compare(id, after.Value) > 0).Chunk(settings.LookupBatchSize)
            .WithCancellation(cancel))
        {
            await foreach (var snapshot in Merge(new LedgerFilter.Only(some), cancel))
                yield return snapshot;
        }
    }

    async IAsyncEnumerable<OrderSnapshot> Merge(LedgerFilter filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var orders = new Cursor<OrderEntry>(ledgers.Orders, filter, settings, cancel);
        await using var stock = new Cursor<StockEntry>(ledgers.Stock, filter, settings, cancel);
        await using var payments = new Cursor<PaymentEntry>(ledgers.Payments, filter, settings, cancel);
        await using var settled = new Cursor<SettledOrder>(ledgers.Settlement, filter, settings, cancel);
        await orders.Next();
        await stock.Next();
        await payments.Next();
        await settled.Next();
        var order = ledgers.Orders.IdComparer;
        while (Cursors.Min(order, Cursors.Min(order, orders.Id, stock.Id), Cursors.Min(order, payments.Id, settled.Id)) is { } id)
            yield return new OrderSnapshot(
                id, await orders.ReadAt(id), await stock.ReadAt(id), await payments.ReadAt(id), (await settled.ReadAt(id))?.Rows ?? []);
    }
}
