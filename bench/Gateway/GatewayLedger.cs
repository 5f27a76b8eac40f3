using System.Collections.Concurrent;

namespace OrderSaga.Bench;

/// <summary>An operation in the gateway's JSON; same fields as the payment sandbox.</summary>
sealed record GatewayEntry(
    string Id, string Operation, string Status, string? Reason, string AuthorizationId, long Amount, string Currency, string Reference, string IdempotencyKey);

/// <summary>A gateway's ledger in memory: the same key gives the same answer.</summary>
sealed class GatewayLedger
{
    readonly ConcurrentDictionary<string, GatewayEntry> byKey = new();
    readonly ConcurrentDictionary<string, GatewayEntry> byId = new();
    readonly ConcurrentDictionary<string, ConcurrentQueue<GatewayEntry>> byReference = new();
    long last;

    public IEnumerable<GatewayEntry> All => byKey.Values;

    public GatewayEntry Authorize(string key, AuthorizationCall call) => byKey.GetOrAdd(key, _ =>
    {
        var id = NextId("auth");
        var declined = call.Token == "tok_declined";
        return Store(new GatewayEntry(id, "authorize", declined ? "declined" : "succeeded", declined ? "card declined" : null, id,
            call.Amount, call.Currency, call.Reference, key));
    });

    /// <summary>Captures, voids or refunds <paramref name="target"/>; null if it does not exist.</summary>
    public GatewayEntry? FollowUp(string key, string operation, string target) => !byId.TryGetValue(target, out var of) ? null
        : byKey.GetOrAdd(key, _ => Store(of with { Id = NextId(operation[..3]), Operation = operation, Status = "succeeded", IdempotencyKey = key }));

    public IEnumerable<GatewayEntry> Find(string? key, string? reference)
    {
        if (key is not null)
            return byKey.TryGetValue(key, out var one) ? [one] : [];
        return reference is not null && byReference.TryGetValue(reference, out var several) ? several : [];
    }

    GatewayEntry Store(GatewayEntry entry)
    {
        byId[entry.Id] = entry;
        byReference.GetOrAdd(entry.Reference, _ => []).Enqueue(entry);
        return entry;
    }

    string NextId(string kind) => $"{kind}_{Interlocked.Increment(ref last)}";
}

/// <summary>Body of POST v1/authorizations.</summary>
sealed record AuthorizationCall(string Reference, long Amount, string Currency, string Token);
