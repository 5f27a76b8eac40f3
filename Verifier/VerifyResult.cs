using System.Text.Json;
using OrderSaga.Platform.Common;

namespace OrderSaga.Verifier;

/// <summary>Result for one invariant.</summary>
/// <param name="Id">I1 to I14, I17 to I19.</param>
/// <param name="Text">What must hold.</param>
/// <param name="Unit">What was checked.</param>
sealed record InvariantResult(string Id, string Text, string Unit)
{
    public long LookedAt { get; set; }

    public long Broken { get; set; }

    /// <summary>Why it was not checked; null if it was.</summary>
    public string? NotChecked { get; set; }

    /// <summary>The first violations.</summary>
    public List<InvariantViolation> Violations { get; } = [];

    public string Result => Broken > 0 ? "broken" : NotChecked is null ? "ok" : "not checked";
}

/// <summary>The results so far. Its size does not grow with the databases.</summary>
sealed class VerifyResult
{
    const int MaxKept = 1000;

    public IReadOnlyList<InvariantResult> Invariants { get; } =
    [
        new("I1", "no oversell: nothing below zero, held equals the open orders' holds", "skus"),
        new("I2", "stock is conserved: received = available + held + sold", "skus"),
        new("I3", "no lost order: every acknowledged order exists", "answers"),
        new("I4", "one order for each merchant and key", "orders"),
        new("I5", "no double charge, by the gateway's own ledger", "orders"),
        new("I6", "all branches of a final order agree", "orders"),
        new("I7", "nothing is held or authorized for a final order", "orders"),
        new("I8", "every order becomes final or has an open case", "orders"),
        new("I9", "the audit has every change", "orders and skus"),
        new("I10", "every order took legal steps", "orders"),
        new("I11", "nothing is stuck: outbox, leases, failed messages", "databases"),
        new("I12", "the same key has the same answer", "answers"),
        new("I13", "one flow for each order, decided by its version of the switches", "orders"),
        new("I14", "one lane for each order, or a takeover", "orders"),
        new("I17", "the time to pay is respected", "orders"),
        new("I18", "dead letters only for bad messages", "databases"),
        new("I19", "the audit is as it was sealed", "audit rows"),
    ];

    public long Orders { get; set; }

    /// <summary>Orders that changed during every read.</summary>
    public long Restless { get; set; }

    public IReadOnlyList<string> Notes => notes;

    readonly List<string> notes = [];

    public bool Clean => Invariants.All(invariant => invariant.Broken == 0);

    public IEnumerable<InvariantViolation> Violations => Invariants.SelectMany(invariant => invariant.Violations);

    public void AddNote(string text) => notes.Add(text);

    public void RecordChecked(long count, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
            Of(id).LookedAt += count;
    }

    public void NotChecked(string why, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
            Of(id).NotChecked = why;
    }

    public void Add(IEnumerable<InvariantViolation> violations)
    {
        foreach (var violation in violations)
        {
            var invariant = Of(violation.Invariant);
            invariant.Broken++;
            if (invariant.Violations.Count < MaxKept)
                invariant.Violations.Add(violation);
        }
    }

    public byte[] Json(VerifyOptions options) => JsonSerializer.SerializeToUtf8Bytes(
        new { Clean, options.AtRest, options.SettleSeconds, Orders, Restless, Notes, Invariants }, WebJson.Indented);

    InvariantResult Of(string id) => Invariants.First(invariant => invariant.Id == id);
}
