using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>Levels of a sku. received = available + held + sold always holds, because each sku is one row.</summary>
sealed record StockView(string Sku, long Received, long Available, long Held, long Sold);

/// <param name="Items">Sorted by sku, byte by byte.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> to get the next page; absent on the last page.</param>
sealed record StockPage(IReadOnlyList<StockView> Items, string? NextCursor);

static class GetStockEndpoints
{
    const string List = "stock";
    static readonly StockView Example = new("tea-001", Received: 100, Available: 90, Held: 3, Sold: 7);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/stock/{sku}", One)
            .WithName("GetStock").WithTags("Stock").WithSummary("The levels of one sku")
            .RequireRole(Roles.Stock, Roles.Operator)
            .Produces<StockView>().ResponseExample(200, Example)
            .ProducesProblem(ProblemTypes.InvalidSku, ProblemTypes.StockNotFound);
        app.MapGet("/stock", Page)
            .WithName("ListStock").WithTags("Stock").WithSummary("The levels of all skus, in pages")
            .RequireRole(Roles.Stock, Roles.Operator)
            .Produces<StockPage>().ResponseExample(200, new StockPage([Example], "dGVhLTAwMQ"))
            .ProducesProblem(ProblemTypes.InvalidCursor);
    }

    static async Task<StockView> One(string sku, InventoryDb db, CancellationToken cancel)
    {
        SkuCheck.Check(sku);
        return await Views(db.Stock.Where(level => level.Sku == sku)).SingleOrDefaultAsync(cancel) ?? throw new Problem(
            ProblemTypes.StockNotFound, $"No goods of {sku} were ever received. Check the sku, or receive goods with POST /stock/{sku}/receipts.");
    }

    static async Task<StockPage> Page(string? cursor, string? limit, InventoryDb db, CancellationToken cancel)
    {
        var size = Query.Limit(limit);
        var after = Query.Cursor(List, cursor, text => FieldRules.IsPrintable(text, FieldRules.MaxSkuLength) ? text : null) ?? "";
        var rows = await Views(db.Stock.Where(level => string.Compare(level.Sku, after) > 0).OrderBy(level => level.Sku).Take(size + 1)).ToListAsync(cancel);
        var more = rows.Count > size;
        return new StockPage(more ? rows[..size] : rows, more ? Query.Cursor(List, rows[size - 1].Sku) : null);
    }

    static IQueryable<StockView> Views(IQueryable<StockLevel> levels) =>
        levels.Select(level => new StockView(level.Sku, level.Received, level.Available, level.Held, level.Sold));
}
