using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Something to be written to the ledger.</summary>
abstract record Command;

/// <summary>A command of a caller, who names it with a key.</summary>
abstract record KeyedCommand(string Key, string Hash) : Command;

/// <param name="Key">Idempotency key.</param>
/// <param name="Hash">Of the request.</param>
/// <param name="Request">As validated.</param>
/// <param name="Verdict">What comes of it.</param>
/// <param name="PayBase">Where hosted payments are paid, without the id.</param>
sealed record Authorize(string Key, string Hash, AuthorizationRequest Request, Verdict Verdict, string PayBase) : KeyedCommand(Key, Hash);

/// <param name="Key">Idempotency key.</param>
/// <param name="Hash">Of the request.</param>
/// <param name="Operation">Capture, void or refund.</param>
/// <param name="TargetId">An authorization, or the capture to refund.</param>
/// <param name="Amount">If the caller names one, it must be the whole.</param>
/// <param name="Declined">A capture that is to be declined by the fault rate.</param>
sealed record FollowUp(string Key, string Hash, string Operation, string TargetId, long? Amount, bool Declined) : KeyedCommand(Key, Hash);

/// <summary>The customer's decision on a hosted payment, or the end of its time.</summary>
sealed record Conclude(string AuthorizationId, Verdict Verdict) : Command;

/// <summary>Status and, if it is not a success, why.</summary>
sealed record Verdict(string Status, string? Reason = null);

/// <summary>What became of a command: an operation (perhaps the one of an earlier call), or a refusal that left no trace.</summary>
sealed record Outcome(GatewayOperation? Operation, bool Replayed = false, Problem? Refusal = null)
{
    public GatewayOperation Accepted => Refusal is null ? Operation! : throw Refusal;
}
