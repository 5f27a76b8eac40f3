namespace OrderSaga.Verifier;

/// <summary>One order in all databases.</summary>
/// <param name="Snapshot">The order in the ledgers.</param>
/// <param name="Placement">Null if the order does not exist.</param>
/// <param name="Audit">Rows of the order, its branches and its attempts; each subject's rows sorted by id.</param>
/// <param name="Gateway">The gateway's own ledger; null if it was not read.</param>
/// <param name="HasCase">The order has an open case.</param>
/// <param name="WasRepaired">The reconciler has sent commands to its branches.</param>
sealed record OrderEvidence(OrderSnapshot Snapshot, PlacementEntry? Placement, IReadOnlyList<AuditEntry> Audit, IReadOnlyList<GatewayRow>? Gateway,
    bool HasCase, bool WasRepaired)
{
    public Guid Id => Snapshot.OrderId;

    public IReadOnlyList<AttemptEntry> Attempts => Snapshot.Payment?.Attempts ?? [];

    /// <summary>UTC; last change in any ledger.</summary>
    public DateTime MovedAt => new[] { Snapshot.Order?.UpdatedAt, Snapshot.Stock?.UpdatedAt, Snapshot.Payment?.UpdatedAt }
        .Concat(Attempts.Select(attempt => (DateTime?)attempt.UpdatedAt)).Concat(Audit.Select(row => (DateTime?)row.At)).Max() ?? DateTime.MinValue;
}

/// <summary>The placement of the order.</summary>
/// <param name="Key">The idempotency key in its row.</param>
/// <param name="NextRetryAt">UTC; next check by recovery.</param>
/// <param name="PayBefore">UTC; its deadline.</param>
/// <param name="Stored">The record of its key.</param>
/// <param name="Decided">What its placement decided, and the facts.</param>
sealed record PlacementEntry(string Key, DateTime? NextRetryAt, DateTime PayBefore, KeyEntry? Stored, DecidedEntry Decided);

/// <param name="SwitchVersion">The version of the switches; null: none was ever set.</param>
/// <param name="Customer">The merchant's reference of the customer.</param>
/// <param name="Class">Order class.</param>
sealed record DecidedEntry(long? SwitchVersion, string? Customer, string? Class);

/// <param name="Id">Hash of merchant and key.</param>
/// <param name="Merchant">Owner of the key.</param>
/// <param name="Key">The key as sent by the caller.</param>
sealed record KeyEntry(string Id, string Merchant, string Key);

/// <summary>One state change. Detail is read of placements and takeovers only.</summary>
sealed record AuditEntry(string Subject, string From, string To, string Cause, DateTime At, string? Detail = null);

/// <summary>One operation in the gateway's own ledger.</summary>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c> or <c>refund</c>.</param>
/// <param name="Status"><c>succeeded</c>, <c>declined</c>, <c>pending</c> or <c>expired</c>.</param>
/// <param name="AuthorizationId">Its authorization; not every gateway reports it.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Reference">The order id.</param>
/// <param name="At">UTC; time of the operation, or of the start of a hosted payment. Not every gateway reports it.</param>
public sealed record GatewayRow(
    string Operation, string Status, string? AuthorizationId, long Amount, string Currency, string Reference, DateTime? At = null);

/// <summary>A sku with an audit row of a receipt.</summary>
/// <param name="Sku">The sku.</param>
/// <param name="Received">From its level.</param>
/// <param name="From">State before the receipt; null: the audit has no receipt.</param>
/// <param name="To">State after it.</param>
sealed record ReceivedEntry(string Sku, long Received, string? From, string? To);

/// <summary>A violation of an invariant.</summary>
/// <param name="Invariant">I1 to I14, I17 to I19.</param>
/// <param name="Subject">An order id, a sku or a database.</param>
/// <param name="What">Description of the violation.</param>
sealed record InvariantViolation(string Invariant, string Subject, string What)
{
    public override string ToString() => $"{Invariant} {Subject} {What}";
}
