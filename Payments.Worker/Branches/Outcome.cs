using OrderSaga.Contracts;

namespace OrderSaga.Payments;

/// <summary>Decision of the rule; <see cref="BranchSteps"/> applies it.</summary>
abstract record Outcome
{
    /// <summary>The branch changes.</summary>
    /// <param name="To">The new state; unchanged if only the Cancel is recorded.</param>
    /// <param name="Answer">Answer to the saga, if already known.</param>
    /// <param name="Call">Gateway operation to start after the commit.</param>
    /// <param name="CancelRequested">A Cancel has arrived.</param>
    /// <param name="Note">Explanation for the audit.</param>
    /// <param name="Alarm">Operators must know: money arrived late or could not be returned.</param>
    public sealed record Step(
        BranchState To, IOrderMessage? Answer = null, Operation? Call = null, bool CancelRequested = false, string? Note = null, bool Alarm = false) : Outcome;

    /// <summary>A duplicate: the same answer again, or none while the gateway's is awaited.</summary>
    public sealed record Repeat(IOrderMessage? Answer) : Outcome;

    /// <summary>Any answer would be false: refused, with an alarm.</summary>
    public sealed record Violation(string Rule) : Outcome;

    public static readonly Outcome Nothing = new Repeat(null);
}
