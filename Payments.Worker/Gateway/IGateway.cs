namespace OrderSaga.Payments;

/// <summary>What the gateway told for sure.</summary>
enum GatewayResult
{
    Succeeded,
    Declined,

    /// <summary>A hosted payment waits for its customer.</summary>
    Pending,

    /// <summary>There is nothing to void: another hand than ours has captured it.</summary>
    Captured,
}

/// <summary>The gateway's answer to one call or question.</summary>
/// <param name="Result">What it did.</param>
/// <param name="Id">Its id of what it did.</param>
/// <param name="Reason">Why it said no.</param>
/// <param name="Url">Where the customer of a hosted payment pays; null when there is none that a browser can be sent to.</param>
/// <param name="ExpiresAt">UTC; until when the customer can pay.</param>
/// <param name="Amount">Minor units that were captured, where it is not what was asked for.</param>
/// <param name="Unseen">The gateway does not know the call: it may still come there.</param>
/// <param name="Detail">What it wrote, for operators; <paramref name="Reason"/> is for the order's merchant.</param>
sealed record GatewayAnswer(
    GatewayResult Result, string? Id, string? Reason = null, string? Url = null, DateTime? ExpiresAt = null, long? Amount = null, bool Unseen = false,
    string? Detail = null);

/// <summary>Everything that one call needs, so that no database is asked between the commit and the call.</summary>
/// <param name="Key">The idempotency key.</param>
/// <param name="Operation">What to do.</param>
/// <param name="OrderId">The gateway's reference.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Token">The card, for an authorization.</param>
/// <param name="PayBefore">UTC; a hosted payment closes then; none for a card.</param>
/// <param name="Target">The authorization to capture or void, the capture to refund.</param>
/// <param name="Unwanted">The order is being cancelled: what was captured counts, whatever its amount, since it is given back.</param>
sealed record GatewayCall(
    string Key, Operation Operation, Guid OrderId, long Amount, string Currency, string? Token, DateTime? PayBefore, string? Target, bool Unwanted = false);

/// <summary>The payment gateway. A call that ends without a certain answer throws; only a certain "no" is Declined.</summary>
interface IGateway
{
    /// <summary>Does it; the same key does it once, however often it is sent.</summary>
    /// <exception cref="GatewayUnknown">It may have been done or not.</exception>
    /// <exception cref="GatewayRejected">The request as such was refused.</exception>
    Task<GatewayAnswer> Send(GatewayCall call, CancellationToken cancel);

    /// <summary>What the gateway's own ledger says of the call; null when it knows nothing that decides it.</summary>
    /// <exception cref="GatewayUnknown">It could not be asked.</exception>
    Task<GatewayAnswer?> Find(GatewayCall call, CancellationToken cancel);
}

/// <summary>The gateway gave no certain answer: what was asked may have been done or not.</summary>
class GatewayUnknown(string message) : Exception(message);

/// <summary>The gateway is asked too often (429); nothing was done.</summary>
/// <param name="message">Its words.</param>
/// <param name="wait">How long it wants to be left alone.</param>
sealed class GatewayBusy(string message, TimeSpan wait) : GatewayUnknown(message)
{
    public TimeSpan Wait => wait;
}

/// <summary>The gateway refused the request as such; its ledger says what is true of the order.</summary>
sealed class GatewayRejected(bool malformed, string message, string? code = null) : Exception(message)
{
    /// <summary>The gateway's name for what is wrong, e.g. <c>unknown-card</c>.</summary>
    public string? Code => code;

    /// <summary>The request itself is at fault (400, 422), not the state of what it is about (404, 409).</summary>
    public bool Malformed => malformed;
}
