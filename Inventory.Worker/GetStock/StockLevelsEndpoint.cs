using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <param name="Items">Sorted by sku; skus without a stock record are left out.</param>
sealed record StockLevels(IReadOnlyList<AvailableStock> Items);

/// <summary>The pieces of a sku that an order can reserve.</summary>
sealed record AvailableStock(string Sku, long Available);

/// <summary>For pages that show many skus. Not under /stock, where it would hide a sku of the same name.</summary>
static class StockLevelsEndpoint
{
    const int MaxSkus = 500;

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/stock-levels", Get)
        .WithName("ListStockLevels").WithTags("Stock").WithSummary($"The available pieces of up to {MaxSkus} skus")
        .RequireRole(Roles.Query, Roles.Operator).LimitRate(QueryCost.Ids("skus"))
        .Produces<StockLevels>().ResponseExample(200, new StockLevels([new AvailableStock("tea-001", 90)]));

    static async Task<StockLevels> Get([Description("Skus, separated by commas.")] string? skus, InventoryDb db, CancellationToken cancel)
    {
        var wanted = (skus ?? "").Split(',');
        if (wanted.Length > MaxSkus || !wanted.All(FieldRules.IsSku))
            throw Query.Invalid(nameof(skus), $"Use 1 to {MaxSkus} skus separated by commas; a sku is {FieldRules.SkuRule}.");
        return new StockLevels(await db.Stock.AsNoTracking().Where(level => wanted.Contains(level.Sku)).OrderBy(level => level.Sku)
            .Select(level => new AvailableStock(level.Sku, level.Available)).ToListAsync(cancel));
    }
}
