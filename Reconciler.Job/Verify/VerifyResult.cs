using System.Text.Json;
using OrderSaga.Platform;

namespace Reconciler.Job;

/// <summary>What came out for one invariant.</summary>
/// <param name="Id">I1 to I12, I17, I18.</param>
/// <param name="Words">What must hold.</param>
/// <param name="Unit">What was looked at.</param>
sealed record InvariantResult(string Id, string Words, string Unit)
{
    public long LookedAt { get; set; }

    public long Broken { get; set; }

    /// <summary>Why it was not asked; none: it was.</summary>
    public string? NotChecked { get; set; }

    /// <summary>The first of the breaches.</summary>
    public List<Breach> Breaches { get; } = [];

    public string Result => Broken > 0 ? "broken" : NotChecked is null ? "ok" : "not checked";
}

/// <summary>What the verification has found so far. Its size does not grow with the books.</summary>
sealed class VerifyResult
{
    const int MostKept = 1000;

    public IReadOnlyList<InvariantResult> Invariants { get; } =
    [
        new("I1", "no oversell: nothing below zero, held is what open orders hold", "skus"),
        new("I2", "stock is conserved: received = available + held + sold", "skus"),
        new("I3", "no lost order: what was acknowledged is there", "answers"),
        new("I4", "one order for each merchant and key", "orders"),
        new("I5", "no double charge, by the gateway's own ledger", "orders"),
        new("I6", "all branches of an ended order agree", "orders"),
        new("I7", "nothing is held or authorized for an ended order", "orders"),
        new("I8", "every order ends, or a case is open", "orders"),
        new("I9", "the audit has each change, without a gap", "orders and skus"),
        new("I10", "every order went a legal way", "orders"),
        new("I11", "nothing waits: outbox, leases, failed messages", "databases"),
        new("I12", "the same key has the same answer", "answers"),
        new("I17", "the time to pay is kept", "orders"),
        new("I18", "dead letters only for what is bad", "databases"),
    ];

    public long Orders { get; set; }

    /// <summary>Orders that moved each time they were looked at.</summary>
    public long Restless { get; set; }

    public IReadOnlyList<string> Notes => notes;

    readonly List<string> notes = [];

    public bool Clean => Invariants.All(invariant => invariant.Broken == 0);

    public IEnumerable<Breach> Breaches => Invariants.SelectMany(invariant => invariant.Breaches);

    public void Note(string text) => notes.Add(text);

    public void Looked(long count, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
            Of(id).LookedAt += count;
    }

    public void NotChecked(string why, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
            Of(id).NotChecked = why;
    }

    public void Add(IEnumerable<Breach> breaches)
    {
        foreach (var breach in breaches)
        {
            var invariant = Of(breach.Invariant);
            invariant.Broken++;
            if (invariant.Breaches.Count < MostKept)
                invariant.Breaches.Add(breach);
        }
    }

    public byte[] Json(VerifyOptions options) => JsonSerializer.SerializeToUtf8Bytes(
        new { Clean, options.AtRest, options.SettleSeconds, Orders, Restless, Notes, Invariants }, WebJson.Indented);

    InvariantResult Of(string id) => Invariants.First(invariant => invariant.Id == id);
}
