using OrderSaga.Contracts;

namespace Reconciler.Job;

// What each ledger says of one order, as read by a third party. Money is in minor units, times are UTC, states are the owners' own words.

/// <summary>The order itself, as its owner has it.</summary>
sealed record OrderEntry(
    Guid Id, string Merchant, string State, long Version, string Currency, long Total, IReadOnlyList<OrderLine> Lines, bool PaymentTried,
    DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>The stock branch.</summary>
sealed record StockEntry(Guid OrderId, string State, IReadOnlyList<OrderLine> Lines, DateTime UpdatedAt);

/// <summary>The payment branch, with what it asked of the gateway; CapturedAmount only where another amount than Amount was captured.</summary>
sealed record PaymentEntry(
    Guid OrderId, string State, long Amount, string Currency, string? AuthorizationId, string? CaptureId, long? CapturedAmount,
    IReadOnlyList<AttemptEntry> Attempts, DateTime UpdatedAt)
{
    /// <summary>What a capture took and a refund gives back. Money that is kept must be the whole amount.</summary>
    public long AmountMoved() => State == BranchStates.Confirmed ? Amount : CapturedAmount ?? Amount;
}

/// <summary>One operation of the gateway as the payment branch knows it.</summary>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c> or <c>refund</c>.</param>
/// <param name="State"><c>Sent</c>, <c>Unknown</c>, <c>Pending</c>, <c>Succeeded</c> or <c>Declined</c>.</param>
/// <param name="GatewayId">The gateway's id of it.</param>
/// <param name="CreatedAt">Before this the gateway cannot have done it.</param>
/// <param name="UpdatedAt">When its answer was known, if it is.</param>
sealed record AttemptEntry(string Operation, string State, string? GatewayId, DateTime CreatedAt, DateTime UpdatedAt);

/// <summary>One movement of money as the gateway settled it.</summary>
/// <param name="Id">The gateway's id.</param>
/// <param name="Operation"><c>capture</c> or <c>refund</c>.</param>
/// <param name="AuthorizationId">The authorization that it belongs to.</param>
/// <param name="Reference">Our own id, as the gateway was given it.</param>
/// <param name="Amount">Positive for a capture, negative for a refund.</param>
/// <param name="Fee">What the gateway keeps.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="At">When the money moved.</param>
/// <param name="Day">Of the file that told of it.</param>
sealed record SettlementRow(
    string Id, string Operation, string AuthorizationId, string Reference, long Amount, long Fee, string Currency, DateTime At, DateOnly Day);
