using System.ComponentModel.DataAnnotations;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Inventory;

/// <param name="ReceiptId">The caller's own id of this receipt, e.g. of the delivery note: 1 to 100 visible ASCII characters. The same id
/// counts once.</param>
/// <param name="Quantity">Received pieces, 1 to 1,000,000,000.</param>
sealed record ReceiptRequest(
    [property: RegularExpression(FieldRules.ReceiptIdPattern), MaxLength(FieldRules.MaxReceiptIdLength)] string? ReceiptId,
    [property: Range(1d, FieldRules.MaxReceiptQuantity)] long? Quantity);

/// <summary>The stored receipt, so that a repeated call gets an identical response; levels are at GET /stock/{sku}.</summary>
sealed record ReceiptView(string ReceiptId, string Sku, long Quantity, DateTime At);

static class ReceiveStockEndpoint
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPost("/stock/{sku}/receipts", Handle)
        .WithName("ReceiveStock").WithTags("Stock").WithSummary("Receives goods; the same receipt id counts once")
        .RequireRole(Roles.Stock)
        .RequestExample(new ReceiptRequest("r-1", 100))
        .Produces<ReceiptView>(StatusCodes.Status201Created)
        .ResponseExample(StatusCodes.Status201Created, new ReceiptView("r-1", "tea-001", 100, new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc)))
        .ProducesProblem(ProblemTypes.InvalidSku, ProblemTypes.InvalidReceipt, ProblemTypes.ReceiptIdReused);

    static async Task<IResult> Handle(string sku, ReceiptRequest body, UnitOfWork<InventoryDb> unitOfWork, TimeProvider clock, HttpContext http)
    {
        Check(body);
        var requested = new Receipt { ReceiptId = body.ReceiptId!, Sku = SkuCheck.Check(sku), Quantity = body.Quantity!.Value, At = Now(clock) };
        var stored = await unitOfWork.Run(work => Receive(work, requested));
        if (stored.Sku != requested.Sku || stored.Quantity != requested.Quantity)
        {
            throw new Problem(ProblemTypes.ReceiptIdReused,
                $"Receipt {stored.ReceiptId} has {stored.Quantity} of {stored.Sku}. Send other goods under a new receipt id.");
        }

        if (!ReferenceEquals(stored, requested))
            http.MarkReplayed();
        return Results.Created($"/stock/{stored.Sku}", new ReceiptView(stored.ReceiptId, stored.Sku, stored.Quantity, stored.At));
    }

    /// <summary>Returns the receipt stored under the id: this one, or an earlier one.</summary>
    internal static async Task<Receipt> Receive(UnitOfWorkContext work, Receipt receipt)
    {
        var db = (InventoryDb)work.Db;
        // Lock the level first: a repeated call waits here, then finds the receipt. If there is no row to lock yet, or two calls use one receipt
        // id for different skus, the later insert conflicts, and its retry finds the receipt.
        var level = (await work.Lock<StockLevel, string>([receipt.Sku])).SingleOrDefault(row => row.Sku == receipt.Sku);
        if (await db.Receipts.FindAsync(receipt.ReceiptId) is { } earlier)
            return earlier;

        if (level is null)
            db.Stock.Add(level = new StockLevel { Sku = receipt.Sku });
        var before = level.Received;
        level.Receive(receipt.Quantity);
        db.Receipts.Add(receipt);
        work.Audit("stock", receipt.Sku, $"received {before}", $"received {level.Received}", "POST /stock/{sku}/receipts", $"receipt {receipt.ReceiptId}");
        work.AfterCommit(() => InventoryMetrics.Received(receipt.Quantity));
        return receipt;
    }

    static void Check(ReceiptRequest body)
    {
        var errors = new List<ProblemError>();
        if (!FieldRules.IsReceiptId(body.ReceiptId))
            errors.Add(new("/receiptId",
                $"Use your own id of this receipt: 1 to {FieldRules.MaxReceiptIdLength} visible ASCII characters without spaces, e.g. \"r-1\"."));
        if (body.Quantity is not (>= 1 and <= FieldRules.MaxReceiptQuantity))
            errors.Add(new("/quantity", $"Use whole pieces, 1 to {FieldRules.MaxReceiptQuantity}."));
        if (errors.Count > 0)
            throw new Problem(ProblemTypes.InvalidReceipt,
                string.Join(' ', errors.Select(error => $"{error.Pointer}: {error.Detail}"))) { Errors = errors };
    }

    /// <summary>Whole milliseconds, which every database stores, so that a repeated response is identical.</summary>
    static DateTime Now(TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
