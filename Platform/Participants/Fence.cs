using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Participants;

/// <summary>
/// Applies the outcomes of the participant's rule. A step changes the branch, writes one audit row and sends its answer, if it has one. A repeat
/// only sends the answer again, and the branch takes the lane of the command. A violation throws. The unit of work saves the changes and the
/// answer. Together with the rule it makes Try, Confirm and Cancel safe in any sequence and any number of times.
/// </summary>
public abstract class Fence<TBranch, TState, TStep>(Participant participant, BranchRows<TBranch> rows, UnitOfWorkContext work, TimeProvider clock)
    where TBranch : BranchRow<TState, TStep>, new() where TState : struct, Enum where TStep : Outcome.Step<TState>
{
    const int MaxNoteLength = 500;

    protected UnitOfWorkContext Work => work;

    /// <summary>The branch of the command's order; null if it has none yet.</summary>
    public TBranch? Branch(object command) => rows.Branch(participant.OrderId(command));

    /// <summary>Applies the rule's outcome for the command.</summary>
    /// <exception cref="BranchViolationException">The command breaks the rule.</exception>
    public async Task Apply(object command, Outcome outcome)
    {
        var (orderId, name) = (participant.OrderId(command), command.GetType().Name);
        switch (orderId == Guid.Empty ? new Outcome.Violation("no order id") : outcome)
        {
            case TStep step:
                await Transition(orderId, step, name);
                break;
            case Outcome.Repeat repeat:
                work.AfterCommit(() => participant.CountRepeat(name));
                var known = rows.Branch(orderId);
                // A later answer, such as the gateway's, must not go to the lane that the order has left.
                if (known is not null && known.Lane != (work.Lane ?? known.Lane))
                    known.Lane = work.Lane!;
                await Send(repeat.Answer, known);
                break;
            case Outcome.Violation violation:
                throw new BranchViolationException($"Order {orderId}: {violation.Reason}.", () => participant.CountViolation(name));
            default:
                throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of a {participant.Subject}.");
        }
    }

    /// <summary>Applies the step; <paramref name="cause"/> is the command, call or job that caused it.</summary>
    protected async Task Transition(Guid orderId, TStep step, string cause)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var branch = rows.Branch(orderId);
        var from = branch?.State.ToString() ?? "";
        if (branch is null)
            rows.Add(branch = new TBranch { OrderId = orderId, CreatedAt = now });
        branch.Lane = work.Lane ?? branch.Lane;
        branch.Transition(step, now);
        work.Audit(participant.Subject, orderId.ToString(), from, step.To.ToString(), cause, Text.Clean(step.Note, MaxNoteLength));
        OnTransition(branch, step, cause);
        work.AfterCommit(() => participant.CountTransition(cause, step.To.ToString()));
        await Send(step.Answer, branch);
    }

    /// <summary>Makes the step's changes outside the branch, in the same transaction.</summary>
    protected abstract void OnTransition(TBranch branch, TStep step, string cause);

    /// <summary>
    /// Sends the answer in the lane of the command. If no command caused it, for example after a gateway's answer, in the lane of the branch.
    /// </summary>
    Task Send(object? answer, TBranch? branch) => answer is null ? Task.CompletedTask
        : work.Send(Lane.Queue(participant.AnswerQueue, work.Lane ?? branch?.Lane ?? Lane.Main), answer);
}
