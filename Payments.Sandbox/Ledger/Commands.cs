using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>A change of the ledger.</summary>
abstract record Command;

/// <summary>A caller's command with its idempotency key.</summary>
abstract record KeyedCommand(string Key, string Hash) : Command;

/// <param name="Key">Idempotency key.</param>
/// <param name="Hash">Hash of the request.</param>
/// <param name="Request">The validated request.</param>
/// <param name="Verdict">Its result.</param>
/// <param name="PayBase">Base URL of hosted payment pages.</param>
sealed record Authorize(string Key, string Hash, AuthorizationRequest Request, Verdict Verdict, string PayBase) : KeyedCommand(Key, Hash);

/// <param name="Key">Idempotency key.</param>
/// <param name="Hash">Hash of the request.</param>
/// <param name="Operation">Capture, void or refund.</param>
/// <param name="TargetId">The authorization, or the capture to refund.</param>
/// <param name="Amount">Optional; must be the full amount.</param>
/// <param name="Declined">A capture declined by the fault rate.</param>
sealed record Modification(string Key, string Hash, string Operation, string TargetId, long? Amount, bool Declined) : KeyedCommand(Key, Hash);

/// <summary>
/// Closes a key: if no operation has it, an authorization is written that stands in its place, so that the key is used up. Whichever comes
/// first has the key; the unique index decides.
/// </summary>
/// <param name="Key">Idempotency key of the authorization.</param>
/// <param name="Hash">Hash of the request.</param>
/// <param name="Request">What the authorization was about.</param>
sealed record CloseKey(string Key, string Hash, CloseRequest Request) : KeyedCommand(Key, Hash);

/// <summary>The customer's decision on a hosted payment, or its expiry.</summary>
sealed record Conclude(string AuthorizationId, Verdict Verdict) : Command;

/// <summary>Status and, unless it succeeded, the reason.</summary>
sealed record Verdict(string Status, string? Reason = null);

/// <summary>Result of a command: an operation (possibly of an earlier call), or a refusal that changed nothing.</summary>
sealed record Outcome(GatewayOperation? Operation, bool Replayed = false, Problem? Refusal = null)
{
    public GatewayOperation Accepted => Refusal is null ? Operation! : throw Refusal;
}
