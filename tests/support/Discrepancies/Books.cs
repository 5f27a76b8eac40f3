using OrderSaga.Contracts;

namespace Discrepancies;

/// <summary>The rows of one order in every ledger; the corruptions change them.</summary>
sealed class Books
{
    public required Guid Id { get; init; }
    public OrderRow? Order { get; set; }
    public StockRow? Stock { get; set; }
    public PaymentRow? Payment { get; set; }
    public List<AttemptRow> Attempts { get; } = [];
    public List<SettledRow> Settled { get; } = [];

    public AttemptRow? Attempt(string operation) => Attempts.Find(attempt => attempt.Operation == operation);

    public Books Drop(string operation)
    {
        Attempts.RemoveAll(attempt => attempt.Operation == operation);
        return this;
    }
}

sealed class OrderRow
{
    public required string State { get; set; }
    public string? Reason { get; init; }
    public required string Currency { get; set; }
    public required long Total { get; set; }
    public required IReadOnlyList<Item> Items { get; init; }
    public required string Method { get; init; }
    public bool PaymentTried { get; set; }
    public string? ReviewFrom { get; init; }
    public DateTime? NextRetryAt { get; set; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; set; }
}

sealed record Item(string Sku, int Quantity, long UnitPrice);

sealed class StockRow
{
    public required string State { get; set; }
    public required IReadOnlyList<OrderLine> Lines { get; set; }
    public required DateTime UpdatedAt { get; set; }
}

sealed class PaymentRow
{
    public required string State { get; set; }
    public required long Amount { get; set; }
    public required string Currency { get; set; }
    public required string Method { get; init; }
    public string? AuthorizationId { get; set; }
    public string? CaptureId { get; set; }
    public string? Undo { get; set; }
    public required DateTime UpdatedAt { get; set; }
}

sealed class AttemptRow
{
    public required string Operation { get; init; }
    public required string State { get; set; }
    public string? GatewayId { get; set; }
    public required DateTime CreatedAt { get; init; }
    public required DateTime UpdatedAt { get; init; }
}

sealed class SettledRow
{
    public required string Id { get; init; }
    public required string Operation { get; init; }
    public required string AuthorizationId { get; init; }
    public required long Amount { get; set; }
    public required long Fee { get; set; }
    public required string Currency { get; set; }
    public required DateTime At { get; init; }

    public DateOnly Day => DateOnly.FromDateTime(At);
}
