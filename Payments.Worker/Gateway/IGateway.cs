namespace OrderSaga.Payments;

/// <summary>A certain result at the gateway.</summary>
enum GatewayResult
{
    Succeeded,
    Declined,

    /// <summary>A hosted payment waits for its customer.</summary>
    Pending,

    /// <summary>There is nothing to void: another party has captured the money.</summary>
    Captured,
}

/// <summary>The gateway's answer to one call or query.</summary>
/// <param name="Result">Result of the operation.</param>
/// <param name="Id">The gateway's id of the operation.</param>
/// <param name="Reason">Why it declined, for the merchant.</param>
/// <param name="Url">Hosted payment page; null if there is none that a browser can open.</param>
/// <param name="ExpiresAt">UTC; when the page closes.</param>
/// <param name="Amount">Captured minor units, if they differ from the request.</param>
/// <param name="Unseen">True if the gateway does not know the call, which may still arrive there.</param>
/// <param name="Detail">The gateway's own text, for operators.</param>
/// <param name="Closed">True if the gateway did not know the call and has closed its key: a call that still arrives there is refused.</param>
/// <param name="Soft">True if it declined for a reason that another gateway may decide differently.</param>
sealed record GatewayAnswer(
    GatewayResult Result, string? Id, string? Reason = null, string? Url = null, DateTime? ExpiresAt = null, long? Amount = null, bool Unseen = false,
    string? Detail = null, bool Closed = false, bool Soft = false);

/// <summary>Everything that one call needs, so that no query is needed between the commit and the call.</summary>
/// <param name="Key">The idempotency key.</param>
/// <param name="Operation">The operation.</param>
/// <param name="OrderId">The order id, used as the gateway's reference.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Token">Card token of an authorization.</param>
/// <param name="PayBefore">UTC; when a hosted payment page closes; null for a card.</param>
/// <param name="Target">The authorization to capture or void, the capture to refund.</param>
/// <param name="IsCancelling">
/// True if the order is being cancelled: an authorization or a capture of any amount is accepted, because it is voided or refunded.
/// </param>
/// <param name="Gateway">The name of the gateway.</param>
sealed record GatewayCall(
    string Key, Operation Operation, Guid OrderId, long Amount, string Currency, string? Token, DateTime? PayBefore, string? Target,
    bool IsCancelling = false, string Gateway = GatewaySettings.Main);

/// <summary>A payment gateway. A call without a certain answer throws; only a certain refusal is Declined.</summary>
interface IGateway
{
    /// <summary>Executes the operation; the same key executes once, however often it is sent.</summary>
    /// <exception cref="GatewayNotReachedException">The request was not sent.</exception>
    /// <exception cref="GatewayNoAnswerException">The operation may or may not have taken effect.</exception>
    /// <exception cref="GatewayRejectedException">The request itself was refused.</exception>
    Task<GatewayAnswer> Send(GatewayCall call, CancellationToken cancel);

    /// <summary>The answer to the call by the gateway's ledger; null if the ledger has none.</summary>
    /// <exception cref="GatewayNoAnswerException">The ledger could not be queried.</exception>
    Task<GatewayAnswer?> Find(GatewayCall call, CancellationToken cancel);

    /// <summary>
    /// Closes the key of an authorization: whatever comes with it from now on is refused. The answer to the call if it came before; otherwise
    /// a Closed decline. Called only if the gateway has <c>CanCloseKeys</c>.
    /// </summary>
    /// <exception cref="GatewayNoAnswerException">The key may or may not be closed.</exception>
    Task<GatewayAnswer> Close(GatewayCall call, CancellationToken cancel);
}

/// <summary>No certain answer: the operation may or may not have taken effect.</summary>
class GatewayNoAnswerException(string message) : Exception(message);

/// <summary>The request was never sent, so it cannot take effect.</summary>
sealed class GatewayNotReachedException(string message) : GatewayNoAnswerException(message);

/// <summary>The gateway answered, but the answer is no answer to this call: the gateway is available, so other calls go on.</summary>
/// <param name="message">What is wrong with the answer.</param>
sealed class GatewayOtherAnswerException(string message) : GatewayNoAnswerException(message);

/// <summary>The gateway limits the rate (429); nothing was done.</summary>
/// <param name="message">The gateway's text.</param>
/// <param name="wait">Requested delay.</param>
sealed class GatewayBusyException(string message, TimeSpan wait) : GatewayNoAnswerException(message)
{
    public TimeSpan Wait => wait;
}

/// <summary>The gateway refused the request itself; its ledger has the order's state.</summary>
sealed class GatewayRejectedException(bool malformed, string message, string? code = null) : Exception(message)
{
    /// <summary>The gateway's error code, e.g. <c>unknown-card</c>.</summary>
    public string? Code => code;

    /// <summary>True if the request is invalid (400, 422); false if its target does not allow it (404, 409).</summary>
    public bool Malformed => malformed;
}
