using OrderSaga.Contracts;
using OrderSaga.Platform;
using OrderSaga.Platform.Batches;

namespace OrderSaga.Payments;

/// <summary>
/// Applies the rule's outcome to the transaction's tracked rows: branch, attempts, audit, answer. The unit of work saves them.
/// </summary>
sealed class BranchSteps(BranchRows rows, AttemptSteps attempts, UnitOfWorkContext work, TimeProvider clock, ILogger<BranchSteps> log)
{
    /// <summary>Handles a command of the saga.</summary>
    public async Task Apply<T>(T message, Func<PaymentBranch?, Outcome> rule, Func<DateTime, PaymentBranch> create) where T : class, IOrderMessage
    {
        var branch = rows.Branch(message.OrderId);
        switch (message.OrderId == Guid.Empty ? new Outcome.Violation("no order id") : rule(branch))
        {
            case Outcome.Step step:
                await Transition(branch, create, step, typeof(T).Name);
                break;
            case Outcome.Repeat repeat:
                work.AfterCommit(() => PaymentsMetrics.Repeated(typeof(T).Name));
                await Answer(repeat.Answer);
                break;
            case Outcome.Violation violation:
                if (work.InboxIsVerified)
                    PaymentsMetrics.Violated(typeof(T).Name);
                throw new BranchViolationException($"Order {message.OrderId}: {violation.Rule}.");
        }
    }

    /// <summary>Handles the result of a gateway call or query.</summary>
    public async Task ApplyGatewayAnswer(CallResult result)
    {
        var call = result.Handover.Call;
        if (rows.Branch(call.OrderId) is not { } branch || rows.Attempt(call.OrderId, call.Operation) is not { } attempt)
            throw new InvalidOperationException($"The gateway answered {call.Key}, but that attempt does not exist.");
        var undoneAt = rows.Attempt(call.OrderId, Operation.Void)?.UpdatedAt;
        if (!attempts.RecordResult(attempt, result))
            return;

        var answer = result.Answer!;
        var outcome = PaidSince(branch, undoneAt) ? PaymentRule.LatePayment(branch) : PaymentRule.Answered(branch, call.Operation, answer);
        branch.RecordAnswer(call.Operation, answer);
        if (outcome is Outcome.Step step)
            await Transition(branch, null, step, $"gateway: {PaymentAttempt.Name(call.Operation)} {answer.Result.ToString().ToLowerInvariant()}");
        if (call.Operation == Operation.Void && rows.Attempt(call.OrderId, Operation.Authorize) is { State: AttemptState.Pending } open)
            attempts.Reopen(branch, open, "void");
    }

    /// <summary>
    /// True if the void counted as done because there was nothing to void, and the payment was made after the gateway was queried.
    /// </summary>
    bool PaidSince(PaymentBranch branch, DateTime? undoneAt) =>
        rows.Attempt(branch.OrderId, Operation.Authorize) is { State: AttemptState.Succeeded } paid && paid.UpdatedAt >= undoneAt
        && rows.Attempt(branch.OrderId, Operation.Void) is { State: AttemptState.Succeeded } undone && undone.GatewayId == branch.AuthorizationId;

    async Task Transition(PaymentBranch? branch, Func<DateTime, PaymentBranch>? create, Outcome.Step step, string cause)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        var from = branch?.State.ToString() ?? "";
        if (branch is null)
            rows.Add(branch = create!(now));
        branch.Transition(step, now);
        work.Audit("payment branch", branch.OrderId.ToString(), from, step.To.ToString(), cause, Text.Clean(step.Note, 500));
        if (step.Call is { } operation)
            attempts.Begin(branch, operation, cause);
        if (step.Alarm)
            RaiseAlarm(branch, step);
        work.AfterCommit(() => PaymentsMetrics.Transitioned(cause, step.To));
        await Answer(step.Answer);
    }

    void RaiseAlarm(PaymentBranch branch, Outcome.Step step)
    {
        log.LogError("Payment of order {OrderId}: {Note}; the branch is {State}, amount {Amount} {Currency}",
            branch.OrderId, step.Note, step.To, branch.Amount, branch.Currency);
        work.AfterCommit(PaymentsMetrics.Alarmed);
    }

    Task Answer(IOrderMessage? answer) => answer is null ? Task.CompletedTask : work.Send(Queues.Orders, answer);
}
