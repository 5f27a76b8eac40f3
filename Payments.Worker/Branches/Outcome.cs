using OrderSaga.Contracts;

namespace OrderSaga.Payments;

/// <summary>What the rule decided; <see cref="BranchSteps"/> does it.</summary>
abstract record Outcome
{
    /// <summary>The branch moves.</summary>
    /// <param name="To">Its state from now on; the same when only the Cancel is remembered.</param>
    /// <param name="Answer">What the saga is told, when it can be told already.</param>
    /// <param name="Call">What the gateway is asked to do after the commit.</param>
    /// <param name="CancelRequested">A Cancel has come.</param>
    /// <param name="Note">What a reader of the audit should know.</param>
    /// <param name="Alarm">A person must know: money came late or would not go back.</param>
    public sealed record Step(
        BranchState To, IOrderMessage? Answer = null, Operation? Call = null, bool CancelRequested = false, string? Note = null, bool Alarm = false) : Outcome;

    /// <summary>A duplicate: the same answer again, or none yet because the gateway's is awaited.</summary>
    public sealed record Repeat(IOrderMessage? Answer) : Outcome;

    /// <summary>Every answer would be untrue: refused, with an alarm.</summary>
    public sealed record Violation(string Rule) : Outcome;

    public static readonly Outcome Nothing = new Repeat(null);
}
