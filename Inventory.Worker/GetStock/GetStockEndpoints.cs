using System.Buffers.Text;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Inventory;

/// <summary>received = available + held + sold in every answer: each sku is read from one row.</summary>
sealed record StockView(string Sku, long Received, long Available, long Held, long Sold);

/// <param name="Items">In the order of the sku, byte by byte.</param>
/// <param name="NextCursor">Pass it as <c>cursor</c> to get the next page; absent after the last one.</param>
sealed record StockPage(IReadOnlyList<StockView> Items, string? NextCursor);

static class GetStockEndpoints
{
    const int MaxPage = 100;
    const int DefaultPage = 50;
    const string UnknownTitle = "Nothing of this sku ever came in.";
    const string BadLimit = "The limit is not valid.";
    const string BadCursor = "The cursor is not valid.";
    static readonly StockView Example = new("tea-001", Received: 100, Available: 90, Held: 3, Sold: 7);

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/stock/{sku}", One)
            .WithName("GetStock").WithTags("Stock").WithSummary("The levels of one sku")
            .RequireRole(Roles.Stock, Roles.Operator)
            .Produces<StockView>().ResponseExample(200, Example)
            .MayFail(400, "bad-sku", Sku.BadTitle).MayFail(404, "unknown-sku", UnknownTitle);
        app.MapGet("/stock", Page)
            .WithName("ListStock").WithTags("Stock").WithSummary("The levels of all skus, a page at a time")
            .RequireRole(Roles.Stock, Roles.Operator)
            .Produces<StockPage>().ResponseExample(200, new StockPage([Example], "dGVhLTAwMQ"))
            .MayFail(400, "bad-limit", BadLimit).MayFail(400, "bad-cursor", BadCursor);
    }

    static async Task<StockView> One(string sku, InventoryDb db, CancellationToken cancel)
    {
        Sku.Check(sku);
        return await Views(db.Stock.Where(level => level.Sku == sku)).SingleOrDefaultAsync(cancel) ?? throw new Problem(404, "unknown-sku", UnknownTitle,
            $"There is no stock of {sku}. Check the spelling (upper and lower case differ), or book goods in with POST /stock/{sku}/receipts.");
    }

    static async Task<StockPage> Page(string? cursor, string? limit, InventoryDb db, CancellationToken cancel)
    {
        var size = Limit(limit);
        var after = cursor is null ? "" : After(cursor);
        var rows = await Views(db.Stock.Where(level => string.Compare(level.Sku, after) > 0).OrderBy(level => level.Sku).Take(size + 1)).ToListAsync(cancel);
        var more = rows.Count > size;
        return new StockPage(more ? rows[..size] : rows, more ? Base64Url.EncodeToString(Encoding.UTF8.GetBytes(rows[size - 1].Sku)) : null);
    }

    static IQueryable<StockView> Views(IQueryable<StockLevel> levels) =>
        levels.Select(level => new StockView(level.Sku, level.Received, level.Available, level.Held, level.Sold));

    static int Limit(string? limit) => limit is null ? DefaultPage
        : int.TryParse(limit, out var size) && size is >= 1 and <= MaxPage ? size
        : throw new Problem(400, "bad-limit", BadLimit, $"Use a whole number from 1 to {MaxPage}.");

    /// <summary>The last sku of the page before.</summary>
    static string After(string cursor)
    {
        var sku = cursor.Length <= 2 * Sku.MaxLength && Base64Url.IsValid(cursor) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)) : null;
        return Sku.IsValid(sku) ? sku! : throw new Problem(400, "bad-cursor", BadCursor,
            "Use nextCursor of the page before, unchanged, or none for the first page.");
    }
}
