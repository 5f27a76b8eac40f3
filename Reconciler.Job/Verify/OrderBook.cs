namespace Reconciler.Job;

/// <summary>All that the books say of one order, as read by a third party.</summary>
/// <param name="Story">The ledgers.</param>
/// <param name="Placement">None when there is no such order.</param>
/// <param name="Audit">Of the order, its branches and its attempts; each subject's rows in the order of their ids.</param>
/// <param name="Gateway">The gateway's own ledger; none when it was not asked.</param>
/// <param name="HasCase">A case about it is open.</param>
sealed record OrderBook(Story Story, PlacementEntry? Placement, IReadOnlyList<AuditEntry> Audit, IReadOnlyList<GatewayRow>? Gateway, bool HasCase)
{
    public Guid Id => Story.OrderId;

    public bool Ended => Story.Completed || Story.Cancelled;

    public IReadOnlyList<AttemptEntry> Attempts => Story.Payment?.Attempts ?? [];

    /// <summary>UTC; the last change in any book.</summary>
    public DateTime MovedAt => new[] { Story.Order?.UpdatedAt, Story.Stock?.UpdatedAt, Story.Payment?.UpdatedAt }
        .Concat(Attempts.Select(attempt => (DateTime?)attempt.UpdatedAt)).Concat(Audit.Select(row => (DateTime?)row.At)).Max() ?? DateTime.MinValue;
}

/// <summary>How the order came to be.</summary>
/// <param name="Key">The idempotency key in its row.</param>
/// <param name="NextCheckAt">UTC; when assurance looks at it.</param>
/// <param name="PayBefore">UTC; its deadline.</param>
/// <param name="Stored">The record of its key.</param>
sealed record PlacementEntry(string Key, DateTime? NextCheckAt, DateTime PayBefore, KeyEntry? Stored);

/// <param name="Id">Stands for merchant and key.</param>
/// <param name="Merchant">Whose key.</param>
/// <param name="Key">As the caller sent it.</param>
sealed record KeyEntry(string Id, string Merchant, string Key);

/// <summary>One state change of one thing.</summary>
sealed record AuditEntry(string Subject, string From, string To, DateTime At);

/// <summary>One operation in the gateway's own ledger.</summary>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c> or <c>refund</c>.</param>
/// <param name="Status"><c>succeeded</c>, <c>declined</c>, <c>pending</c> or <c>expired</c>.</param>
/// <param name="AuthorizationId">What it belongs to; not every gateway tells it.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Reference">The order id.</param>
/// <param name="At">UTC; when it was done, or begun if it is hosted. Not every gateway tells it.</param>
public sealed record GatewayRow(
    string Operation, string Status, string? AuthorizationId, long Amount, string Currency, string Reference, DateTime? At = null);

/// <summary>A sku, and what the audit of its receipts comes to.</summary>
/// <param name="Sku">Which.</param>
/// <param name="Received">As its level says.</param>
/// <param name="From">State before the receipt; none: no receipt is in the audit.</param>
/// <param name="To">State after it.</param>
sealed record ReceivedEntry(string Sku, long Received, string? From, string? To);

/// <summary>One invariant that does not hold for one thing.</summary>
/// <param name="Invariant">I1 to I12, I17, I18.</param>
/// <param name="Subject">The order's id, or a sku, or a database.</param>
/// <param name="What">What is wrong with it.</param>
sealed record Breach(string Invariant, string Subject, string What)
{
    public override string ToString() => $"{Invariant} {Subject} {What}";
}
