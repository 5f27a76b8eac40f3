namespace OrderSaga.Payments;

/// <summary>An operation as the gateway writes it, in an answer or in its ledger.</summary>
/// <param name="Id"><c>auth_...</c>, <c>cap_...</c>, <c>void_...</c>, <c>ref_...</c></param>
/// <param name="Operation"><c>authorize</c>, <c>capture</c>, <c>void</c>, <c>refund</c>; may be left out of an answer.</param>
/// <param name="Status"><c>succeeded</c>, <c>declined</c>, <c>pending</c>, <c>expired</c>.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="AuthorizationId">The authorization that it belongs to.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Reference">The order id.</param>
/// <param name="IdempotencyKey">The key that it was asked with.</param>
/// <param name="Url">Where the customer of a hosted payment pays.</param>
/// <param name="ExpiresAt">Until then.</param>
sealed record GatewayOperation(
    string? Id, string? Operation, string? Status, string? Reason, string? AuthorizationId, long Amount, string? Currency, string? Reference,
    string? IdempotencyKey, string? Url, DateTimeOffset? ExpiresAt);

sealed record GatewayOperations(IReadOnlyList<GatewayOperation>? Items);
