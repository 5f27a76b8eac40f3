using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Participants;

/// <summary>What a participant's rule decides about one command; the <see cref="Fence{TBranch,TState,TStep}"/> applies it.</summary>
public abstract record Outcome
{
    /// <summary>The state stays and no answer is sent: for example for a duplicate whose answer is not known yet.</summary>
    public static readonly Outcome Nothing = new Repeat(null);

    /// <summary>The branch changes. Each participant derives one record that adds its other changes.</summary>
    /// <param name="To">The new state; it may equal the old one.</param>
    /// <param name="Answer">The answer, if it is known already.</param>
    /// <param name="Note">Explanation for the audit.</param>
    public abstract record Step<TState>(TState To, object? Answer, string? Note = null) : Outcome where TState : struct, Enum;

    /// <summary>
    /// The state stays. The branch takes the lane of the command. The answer for this state is sent; if it is null, none is sent.
    /// </summary>
    public sealed record Repeat(object? Answer) : Outcome;

    /// <summary>A command that a correct saga never sends: nothing changes, no answer is sent, and an alarm is raised.</summary>
    public sealed record Violation(string Reason) : Outcome;
}

/// <summary>
/// Thrown for a command that breaks the branch's rules, so that the message is stored as failed with this cause and an operator sees it.
/// The saga gets no answer, because any answer would be false.
/// </summary>
public sealed class BranchViolationException(string message, Action onRefused) : RefusedMessageException(message)
{
    protected internal override void OnRefused() => onRefused();
}
