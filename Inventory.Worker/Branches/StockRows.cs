using MassTransit;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Inventory;

/// <summary>
/// The rows of one batch, tracked by its DbContext. Consumers look only here, never in the database: a requested order that is missing here
/// has no branch yet.
/// </summary>
sealed class StockRows(InventoryDb db)
{
    readonly HashSet<Guid> loadedIds = [];
    readonly Dictionary<Guid, Branch> branches = [];
    readonly Dictionary<string, StockLevel> levels = [];

    public IReadOnlyDictionary<string, StockLevel> Levels => levels;

    public Branch? Branch(Guid orderId) => loadedIds.Contains(orderId) ? branches.GetValueOrDefault(orderId)
        : throw new InvalidOperationException($"The branch of order {orderId} was not loaded with its batch.");

    public void Add(Branch branch)
    {
        db.Branches.Add(branch);
        branches.Add(branch.OrderId, branch);
    }

    /// <summary>
    /// Two statements for any batch size, branches before stock and each in key order, so that batches in two processes wait for each other
    /// instead of deadlocking. A branch that does not exist cannot be locked: if two processes insert it, the second one's insert conflicts
    /// and its retry finds it.
    /// </summary>
    public async Task Load(UnitOfWorkContext work, IReadOnlySet<Guid> orders, IEnumerable<string> triedSkus)
    {
        loadedIds.UnionWith(orders);
        foreach (var branch in await work.Lock<Branch, Guid>(orders))
            branches.Add(branch.OrderId, branch);

        var skus = branches.Values.SelectMany(branch => branch.Lines).Select(line => line.Sku).Concat(triedSkus.Where(FieldRules.IsSku)).ToHashSet();
        foreach (var level in skus.Count == 0 ? [] : await work.Lock<StockLevel, string>(skus))
            levels.Add(level.Sku, level);
    }
}

/// <summary>Loads the rows of a batch: a popular sku is one locked row and one update for all its deliveries.</summary>
sealed class StockPreload(StockRows rows) : IPreload
{
    public Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries)
    {
        var orders = new HashSet<Guid>();
        var skus = new List<string>();
        foreach (var delivery in deliveries)
        {
            if (delivery.TryGetMessage<TryReserveStock>(out var reserve))
            {
                orders.Add(reserve.Message.OrderId);
                skus.AddRange(reserve.Message.Lines?.Select(line => line?.Sku!) ?? []);
            }
            else if (delivery.TryGetMessage<ConfirmStock>(out var confirm))
            {
                orders.Add(confirm.Message.OrderId);
            }
            else if (delivery.TryGetMessage<CancelStock>(out var cancel))
            {
                orders.Add(cancel.Message.OrderId);
            }
        }

        return rows.Load(work, orders, skus);
    }
}
