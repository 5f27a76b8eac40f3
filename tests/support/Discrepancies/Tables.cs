using System.Text.Json;

namespace Discrepancies;

/// <summary>A table, the columns to write, and their values for one order.</summary>
sealed record Table(string Database, string Name, string[] Columns, Func<Books, IEnumerable<object?[]>> Rows);

static class Tables
{
    const string Reserved = """{"message":"StockReserved"}""";
    const string Rejected = """{"message":"StockRejected","reason":"sold out"}""";

    static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    public static readonly Table Orders = new("orders", "orders",
        ["id", "merchant", "idempotency_key", "state", "reason", "currency", "total", "lines", "payment_method", "pay_before", "payment_tried",
         "stock_released", "payment_released", "review_from", "next_retry_at", "retry_count", "created_at", "updated_at", "version"],
        b => b.Order is not { } o ? [] :
        [
            [b.Id, "demo", b.Id.ToString(), o.State, o.Reason, o.Currency, o.Total, JsonSerializer.Serialize(o.Items, Json), o.Method,
             o.CreatedAt.AddMinutes(15), o.PaymentTried, false, false, o.ReviewFrom, o.NextRetryAt, 0, o.CreatedAt, o.UpdatedAt, 5L],
        ]);

    public static readonly Table Stock = new("inventory", "stock_branches",
        ["order_id", "state", "answer", "lines", "created_at", "updated_at"],
        b => b.Stock is not { } s ? [] :
        [
            [b.Id, s.State, s.Lines.Count == 0 ? null : s.State == "Refused" ? Rejected : Reserved, JsonSerializer.Serialize(s.Lines, Json), s.UpdatedAt,
             s.UpdatedAt],
        ]);

    public static readonly Table Payments = new("payments", "payment_branches",
        ["order_id", "state", "amount", "currency", "method", "authorization_id", "capture_id", "cancel_requested", "undo", "version",
         "created_at", "updated_at"],
        b => b.Payment is not { } p ? [] :
        [
            [b.Id, p.State, p.Amount, p.Currency, p.Method, p.AuthorizationId, p.CaptureId, p.State is "Cancelling" or "Cancelled", p.Undo, 3L,
             p.UpdatedAt, p.UpdatedAt],
        ]);

    public static readonly Table Attempts = new("payments", "payment_attempts",
        ["idempotency_key", "order_id", "operation", "state", "gateway_id", "lease", "next_attempt_at", "attempts", "created_at", "updated_at"],
        b => b.Payment is null ? [] : b.Attempts.Select(a => new object?[]
        {
            Key(b, a), b.Id, a.Operation, a.State, a.GatewayId, Guid.Empty, a.State is "Succeeded" or "Declined" ? null : a.UpdatedAt, 1,
            a.CreatedAt, a.UpdatedAt,
        }));

    public static readonly Table Settled = new("reconciler", "settlement_rows",
        ["id", "operation", "authorization_id", "reference", "order_id", "amount", "fee", "currency", "at", "day"],
        b => b.Settled.Select(s => new object?[]
        {
            s.Id, s.Operation, s.AuthorizationId, b.Id.ToString(), b.Id, s.Amount, s.Fee, s.Currency, s.At, s.Day,
        }));

    /// <summary>Everything that the payment branch records has happened.</summary>
    public static readonly Table Gateway = new("sandbox", "gateway_operations",
        ["id", "operation", "status", "authorization_id", "amount", "currency", "reference", "idempotency_key", "request_hash", "at",
         "answer_status", "answer"],
        b => b.Payment is not { } p ? [] : b.Attempts.Where(a => a.GatewayId is not null).Select(a => new object?[]
        {
            a.GatewayId, a.Operation, Status(a), p.AuthorizationId, p.Amount, p.Currency, b.Id.ToString(), Key(b, a), "", a.UpdatedAt,
            201, Answer(b, p, a),
        }));

    public static readonly Table Levels = new("inventory", "stock", ["sku", "received", "available", "held", "sold"], _ => []);
    public static readonly Table Receipts = new("inventory", "receipts", ["receipt_id", "sku", "quantity", "at"], _ => []);
    public static readonly Table Files = new("reconciler", "settlement_files", ["day", "hash", "row_count", "imported_at"], _ => []);

    static string Key(Books books, AttemptRow attempt) => $"{books.Id}:payment:{attempt.Operation}";

    /// <summary>An unpaid hosted payment: declined for us, expired at the gateway.</summary>
    static string Status(AttemptRow attempt) => attempt.State switch { "Succeeded" => "succeeded", "Pending" => "pending", _ => "expired" };

    static string Answer(Books books, PaymentRow payment, AttemptRow attempt) => JsonSerializer.Serialize(
        new
        {
            id = attempt.GatewayId, attempt.Operation, status = Status(attempt), payment.AuthorizationId, payment.Amount, payment.Currency,
            reference = books.Id.ToString(), idempotencyKey = Key(books, attempt), at = attempt.UpdatedAt,
        },
        Json);
}
