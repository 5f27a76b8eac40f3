namespace OrderSaga.Ledgers;

/// <summary>The sums of goods and money.</summary>
/// <param name="Skus">Number of skus.</param>
/// <param name="Stock">Their sum.</param>
/// <param name="StockDrift">Pieces of drift over all skus; 0 if all agree.</param>
/// <param name="DriftingSkus">The first skus with drift.</param>
/// <param name="Money">By currency and day.</param>
/// <param name="MoneyDrift">Minor units by currency; currencies without drift are left out.</param>
/// <param name="DriftingOrders">The first orders with drift.</param>
/// <param name="DriftingOrderCount">Number of all orders with drift.</param>
/// <param name="Unsettled">Captures and refunds not covered by a settlement file yet, by currency.</param>
/// <param name="SettlementCompared">Settlement files arrive or are expected.</param>
/// <param name="AcceptedMoney">Drift of accepted differences by currency; not part of MoneyDrift.</param>
public sealed record ConservationReport(
    long Skus, SkuBalance Stock, long StockDrift, IReadOnlyList<SkuBalance> DriftingSkus, IReadOnlyList<MoneyBalance> Money,
    IReadOnlyDictionary<string, long> MoneyDrift, IReadOnlyList<MoneyDifference> DriftingOrders, long DriftingOrderCount,
    IReadOnlyList<Unsettled>? Unsettled = null, bool SettlementCompared = true, IReadOnlyDictionary<string, long>? AcceptedMoney = null)
{
    public bool Conserved => StockDrift == 0 && MoneyDrift.Count == 0;
}

/// <summary>
/// The proof by sums, at any time and without a run: received = available + held + sold for each sku; captured - refunded = settled for each
/// order. The sums are shown by currency and day. Money that no file covers yet is counted as pending. Memory grows with days and currencies,
/// not with orders.
/// </summary>
public sealed class Conservation(LedgerSet ledgers, LedgerSettings settings)
{
    const int MaxListed = 100;

    /// <param name="days">The days that settlement files cover.</param>
    /// <param name="cancel">Stops reading.</param>
    public async Task<ConservationReport> Read(SettlementDays days, CancellationToken cancel = default)
    {
        var (skus, total, drift, named) = (0L, new SkuBalance("", 0, 0, 0, 0, 0, 0, 0), 0L, new List<SkuBalance>());
        var accepted = await ledgers.Settlement.Accepted(cancel);
        await foreach (var sku in new StockBalances(ledgers.Stock.Database, settings).Read(cancel: cancel))
        {
            if (accepted.Contains(sku.Sku))
                continue;
            (skus, total, drift) = (skus + 1, total + sku, drift + sku.Drift);
            if (sku.Drift > 0 && named.Count < MaxListed)
                named.Add(sku);
        }

        var money = await Money(days, accepted, cancel);
        return new ConservationReport(
            skus, total, drift, named, money.Days, money.Drift, money.Differences, money.DifferenceCount, money.Unsettled, days.Compared, money.Accepted);
    }

    /// <summary>Compares payments and settlement by order: the two sides may assign an order's money to different days.</summary>
    async Task<MoneySums> Money(SettlementDays days, IReadOnlySet<string> accepted, CancellationToken cancel)
    {
        var sums = new MoneySums(days, accepted);
        await using var payments = new Cursor<PaymentEntry>(ledgers.Payments, new LedgerFilter.After(null), settings, cancel);
        await using var settled = new Cursor<SettledOrder>(ledgers.Settlement, new LedgerFilter.After(null), settings, cancel);
        await payments.Next();
        await settled.Next();
        while (Cursors.Min(ledgers.Payments.IdComparer, payments.Id, settled.Id) is { } id)
            sums.Add(id, await payments.ReadAt(id), (await settled.ReadAt(id))?.Rows ?? []);
        await foreach (var row in ledgers.Settlement.Unmatched(null, cancel))
            sums.AddUnmatched(row);
        return sums;
    }
}
