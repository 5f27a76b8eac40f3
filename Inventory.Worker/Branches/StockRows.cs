using MassTransit;
using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Inventory;

/// <summary>The branches and stock levels of a batch: a popular sku is one locked row and one update for all its deliveries.</summary>
sealed class StockRows(InventoryDb db) : BranchRows<Branch>(db)
{
    readonly Dictionary<string, StockLevel> levels = [];

    public IReadOnlyDictionary<string, StockLevel> Levels => levels;

    public override Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries)
    {
        var commands = Commands<TryReserveStock, ConfirmStock, CancelStock>(deliveries);
        return Load(work, commands.Select(StockFence.Participant.OrderId),
            commands.OfType<TryReserveStock>().SelectMany(reserve => reserve.Lines?.Select(line => line?.Sku!) ?? []));
    }

    /// <summary>Two statements for any batch size, branches before stock and each in key order.</summary>
    public async Task Load(UnitOfWorkContext work, IEnumerable<Guid> orders, IEnumerable<string> triedSkus)
    {
        await LoadBranches(work, orders);
        var skus = Branches.SelectMany(branch => branch.Lines).Select(line => line.Sku).Concat(triedSkus.Where(FieldRules.IsSku)).ToHashSet();
        foreach (var level in skus.Count == 0 ? [] : await work.Lock<StockLevel, string>(skus))
            levels.Add(level.Sku, level);
    }
}
