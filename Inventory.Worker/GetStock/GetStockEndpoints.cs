using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>Levels of a sku. received = available + held + sold always holds, because each sku is one row.</summary>
sealed record StockView(string Sku, long Received, long Available, long Held, long Sold);

static class GetStockEndpoints
{
    static readonly StockView Example = new("tea-001", Received: 100, Available: 90, Held: 3, Sold: 7);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/stock/{sku}", One)
            .WithName("GetStock").WithTags("Stock").WithSummary("The levels of one sku")
            .RequireRole(Roles.Stock, Roles.Operator)
            .Produces<StockView>().ResponseExample(200, Example)
            .ProducesProblem(ProblemTypes.InvalidSku, ProblemTypes.StockNotFound);
        app.MapGet("/stock", List)
            .WithName("ListStock").WithTags("Stock").WithSummary("The levels of all skus, in pages")
            .RequireRole(Roles.Stock, Roles.Operator).LimitRate(QueryCost.Page)
            .Produces<Page<StockView>>().ResponseExample(200, new Page<StockView>([Example], "dGVhLTAwMQ"));
    }

    static async Task<StockView> One(string sku, InventoryDb db, CancellationToken cancel)
    {
        SkuCheck.Check(sku);
        return await Views(db.Stock.Where(level => level.Sku == sku)).SingleOrDefaultAsync(cancel) ?? throw new Problem(
            ProblemTypes.StockNotFound, $"No goods of {sku} were ever received. Check the sku, or receive goods with POST /stock/{sku}/receipts.");
    }

    /// <summary>Sorted by sku, byte by byte.</summary>
    static Task<Page<StockView>> List([AsParameters] Paging paging, InventoryDb db, CancellationToken cancel)
    {
        var after = paging.After("stock", text => FieldRules.IsPrintable(text, FieldRules.MaxSkuLength) ? text : null) ?? "";
        var rows = Views(db.Stock.Where(level => string.Compare(level.Sku, after) > 0).OrderBy(level => level.Sku));
        return paging.Read("stock", rows, stock => stock, stock => stock.Sku, cancel);
    }

    static IQueryable<StockView> Views(IQueryable<StockLevel> levels) =>
        levels.Select(level => new StockView(level.Sku, level.Received, level.Available, level.Held, level.Sold));
}
