namespace OrderSaga.Platform.Participants;

/// <summary>What a participant's rule decides about one command; the <see cref="Fence{TBranch,TState,TStep}"/> carries it out.</summary>
public abstract record Outcome
{
    /// <summary>A duplicate whose answer is not known yet.</summary>
    public static readonly Outcome Nothing = new Repeat(null);

    /// <summary>The branch changes. Each participant derives one record that adds what else changes.</summary>
    /// <param name="To">The new state; it may be the old one.</param>
    /// <param name="Answer">The answer, if it is known already.</param>
    /// <param name="Note">Explanation for the audit.</param>
    public abstract record Step<TState>(TState To, object? Answer, string? Note = null) : Outcome where TState : struct, Enum;

    /// <summary>A duplicate: the first answer again, no effect.</summary>
    public sealed record Repeat(object? Answer) : Outcome;

    /// <summary>A correct saga never sends this: no effect, no answer, an alarm.</summary>
    public sealed record Violation(string Rule) : Outcome;
}

/// <summary>
/// A command that breaks the branch's rules. It is thrown so that the message is stored as failed with this cause, where an operator sees
/// it. The saga gets no answer, because any answer would be false.
/// </summary>
public sealed class BranchViolationException(string message) : Exception(message);
