using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>Starts the gateway call of a step, raises its alarm, and applies the gateway's answers to the branch.</summary>
sealed class PaymentFence(
    PaymentRows rows, AttemptSteps attempts, RouteSteps routes, UnitOfWorkContext work, TimeProvider clock, ILogger<PaymentFence> log)
    : Fence<PaymentBranch, BranchState, PaymentStep>(Participant, rows, work, clock)
{
    public static readonly Participant Participant = new("payment", Queues.Orders, command => ((IOrderMessage)command).OrderId);

    readonly PaymentRows rows = rows;

    /// <summary>Applies the result of a gateway call or query.</summary>
    public async Task ApplyGatewayAnswer(CallResult result)
    {
        var call = result.Queued.Call;
        if (rows.Branch(call.OrderId) is not { } branch || rows.Attempt(call.OrderId, call.Operation, call.Gateway) is not { } attempt)
            throw new InvalidOperationException($"The gateway answered {call.Key}, but that attempt does not exist.");
        var (before, voidedAt) = (attempt.State, rows.Attempt(branch, Operation.Void)?.UpdatedAt);
        var isNew = attempts.RecordResult(attempt, result);
        if (branch.IsStray(attempt))
        {
            if (isNew)
                UndoStray(branch, attempt, before);
            return;
        }

        var cause = $"gateway: {PaymentAttempt.Name(call.Operation)} {result.Answer?.Result.ToString().ToLowerInvariant() ?? "not done"}";
        var outcome = branch.State == BranchState.Trying ? routes.After(branch, attempt, result, isNew) : null;
        if (outcome is null && isNew && result.Answer is { } answer)
        {
            outcome = WasPaidAfterVoid(branch, voidedAt) ? PaymentRule.LatePayment(branch) : Answered(branch, attempt, answer);
            branch.RecordGatewayAnswer(call.Operation, answer);
        }

        if (outcome is PaymentStep step)
            await Transition(branch.OrderId, step, cause);
        if (isNew && call.Operation == Operation.Void && rows.Attempt(branch, Operation.Authorize) is { State: AttemptState.Pending } pending)
            attempts.Reopen(branch, pending, "void");
    }

    protected override void OnTransition(PaymentBranch branch, PaymentStep step, string cause)
    {
        if (step.Call is { } operation)
            attempts.Begin(branch, operation, branch.Gateway, cause);
        if (step.To != BranchState.Trying)
            foreach (var never in rows.Authorizations(branch.OrderId).Where(attempt => attempt.IsNeverSent))
                never.SchedulePoll(null);
        if (!step.Alarm)
            return;
        log.LogError("Payment of order {OrderId}: {Note}; the branch is {State}, amount {Amount} {Currency}",
            branch.OrderId, step.Note, step.To, branch.Amount, branch.Currency);
        Work.AfterCommit(PaymentsMetrics.Alarmed);
    }

    /// <summary>The gateway whose authorization succeeds first is the branch's from then on.</summary>
    static Outcome Answered(PaymentBranch branch, PaymentAttempt attempt, GatewayAnswer answer)
    {
        var outcome = PaymentRule.Answered(branch, attempt.Operation, answer);
        return outcome is PaymentStep step && branch.State == BranchState.Trying ? step with { Gateway = attempt.Gateway } : outcome;
    }

    /// <summary>
    /// Voids an authorization at a gateway that is not the branch's, once. With Hold it was expected if the gateway had not answered before.
    /// Otherwise the gateway has contradicted what was certain: that raises an alarm, as does a void that is refused.
    /// </summary>
    void UndoStray(PaymentBranch branch, PaymentAttempt attempt, AttemptState before)
    {
        var expected = attempt switch
        {
            { Operation: Operation.Authorize, State: AttemptState.Succeeded } =>
                routes.MayHold && before is AttemptState.Sent or AttemptState.Unknown or AttemptState.NotSent,
            { Operation: Operation.Void, State: AttemptState.Declined } => false,
            _ => true,
        };
        if (attempt.IsNeverSent)
            attempt.SchedulePoll(null);
        if (attempt is { Operation: Operation.Authorize, State: AttemptState.Succeeded })
        {
            attempts.Begin(branch, Operation.Void, attempt.Gateway, "authorized at another gateway");
            Work.AfterCommit(() => PaymentsMetrics.Stray(attempt.Gateway));
        }

        if (expected)
            return;
        log.LogError("Payment of order {OrderId}: late payment at {Gateway}, but the order uses {Own}: {Operation} {State}",
            branch.OrderId, attempt.Gateway, branch.Gateway, attempt.Operation, attempt.State);
        Work.AfterCommit(PaymentsMetrics.Alarmed);
    }

    /// <summary>
    /// True if the void succeeded because there was nothing to void, and the customer paid afterwards. Such a void has the id of the
    /// authorization that had expired (<see cref="GatewayResponses"/>).
    /// </summary>
    bool WasPaidAfterVoid(PaymentBranch branch, DateTime? voidedAt) =>
        rows.Attempt(branch, Operation.Authorize) is { State: AttemptState.Succeeded } paid && paid.UpdatedAt >= voidedAt
        && rows.Attempt(branch, Operation.Void) is { State: AttemptState.Succeeded } voided && voided.GatewayId == branch.AuthorizationId;
}
