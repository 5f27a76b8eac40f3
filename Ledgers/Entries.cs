using OrderSaga.Contracts;

namespace OrderSaga.Ledgers;

// The ledgers' entries of one order, as read by the reconciler. Money is in minor units, times are UTC, states are the owners' stored
// values.

/// <summary>The order.</summary>
public sealed record OrderEntry(
    Guid Id, string Merchant, string State, long Version, string Currency, long Total, IReadOnlyList<OrderLine> Lines, bool PaymentTried,
    string Flow, string Lane, DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>The stock branch.</summary>
public sealed record StockEntry(Guid OrderId, string State, IReadOnlyList<OrderLine> Lines, string Lane, DateTime UpdatedAt);

/// <summary>
/// The payment branch with its gateway operations. CapturedAmount is set only if it differs from Amount. Gateway holds the authorization.
/// </summary>
public sealed record PaymentEntry(
    Guid OrderId, string State, long Amount, string Currency, string? AuthorizationId, string? CaptureId, long? CapturedAmount,
    IReadOnlyList<AttemptEntry> Attempts, string Lane, DateTime UpdatedAt, string Gateway = PaymentEntry.MainGateway)
{
    public const string MainGateway = "main";

    /// <summary>
    /// The amount that was captured or refunded. CapturedAmount is used only after a cancellation, when another party may have captured a part.
    /// In Confirmed the full amount is expected; settlement reports a difference.
    /// </summary>
    public long AmountMoved() => State == BranchStates.Confirmed ? Amount : CapturedAmount ?? Amount;
}

/// <summary>A gateway operation in the payment branch.</summary>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c> or <c>refund</c>.</param>
/// <param name="State"><c>Sent</c>, <c>Unknown</c>, <c>NotSent</c>, <c>Pending</c>, <c>Succeeded</c> or <c>Declined</c>.</param>
/// <param name="GatewayId">The gateway's id of the operation.</param>
/// <param name="CreatedAt">The gateway cannot have executed it earlier.</param>
/// <param name="UpdatedAt">Time of its answer, if known.</param>
/// <param name="Gateway">The name of the gateway.</param>
/// <param name="Route">1: the gateway at which the order began; 2: the other one.</param>
public sealed record AttemptEntry(
    string Operation, string State, string? GatewayId, DateTime CreatedAt, DateTime UpdatedAt, string Gateway = PaymentEntry.MainGateway, int Route = 1)
{
    /// <summary>The subject of its audit rows.</summary>
    public string Subject => Route == 1 ? $"payment {Operation}" : $"payment {Operation} {Route}";
}

/// <summary>A row of a settlement file.</summary>
/// <param name="Id">The gateway's id.</param>
/// <param name="Operation">The kind of the row: one of <see cref="SettlementKinds"/>, or an unknown kind as the file names it.</param>
/// <param name="AuthorizationId">The authorization it belongs to.</param>
/// <param name="Reference">Our reference at the gateway.</param>
/// <param name="Amount">Minor units: positive if the shop gets them, negative if it pays them.</param>
/// <param name="Fee">The gateway's fee.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="At">Time of the operation.</param>
/// <param name="Day">Day of the file.</param>
public sealed record SettlementRow(
    string Id, string Operation, string AuthorizationId, string Reference, long Amount, long Fee, string Currency, DateTime At, DateOnly Day);
