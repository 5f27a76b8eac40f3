using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>Starts the gateway call of a step, raises its alarm, and applies the gateway's answers to the branch.</summary>
sealed class PaymentFence(PaymentRows rows, AttemptSteps attempts, UnitOfWorkContext work, TimeProvider clock, ILogger<PaymentFence> log)
    : Fence<PaymentBranch, BranchState, PaymentStep>(Participant, rows, work, clock)
{
    public static readonly Participant Participant = new("payment", Queues.Orders, command => ((IOrderMessage)command).OrderId);

    readonly PaymentRows rows = rows;

    /// <summary>Applies the result of a gateway call or query.</summary>
    public async Task ApplyGatewayAnswer(CallResult result)
    {
        var call = result.Queued.Call;
        if (rows.Branch(call.OrderId) is not { } branch || rows.Attempt(call.OrderId, call.Operation) is not { } attempt)
            throw new InvalidOperationException($"The gateway answered {call.Key}, but that attempt does not exist.");
        var voidedAt = rows.Attempt(call.OrderId, Operation.Void)?.UpdatedAt;
        if (!attempts.RecordResult(attempt, result))
            return;

        var answer = result.Answer!;
        var outcome = WasPaidAfterVoid(branch, voidedAt) ? PaymentRule.LatePayment(branch) : PaymentRule.Answered(branch, call.Operation, answer);
        branch.RecordGatewayAnswer(call.Operation, answer);
        if (outcome is PaymentStep step)
            await Transition(branch.OrderId, step, $"gateway: {PaymentAttempt.Name(call.Operation)} {answer.Result.ToString().ToLowerInvariant()}");
        if (call.Operation == Operation.Void && rows.Attempt(call.OrderId, Operation.Authorize) is { State: AttemptState.Pending } pending)
            attempts.Reopen(branch, pending, "void");
    }

    protected override void OnTransition(PaymentBranch branch, PaymentStep step, string cause)
    {
        if (step.Call is { } operation)
            attempts.Begin(branch, operation, cause);
        if (!step.Alarm)
            return;
        log.LogError("Payment of order {OrderId}: {Note}; the branch is {State}, amount {Amount} {Currency}",
            branch.OrderId, step.Note, step.To, branch.Amount, branch.Currency);
        Work.AfterCommit(PaymentsMetrics.Alarmed);
    }

    /// <summary>
    /// True if the void succeeded because there was nothing to void, and the customer paid afterwards. Such a void has the id of the
    /// authorization that had expired (<see cref="GatewayResponses"/>).
    /// </summary>
    bool WasPaidAfterVoid(PaymentBranch branch, DateTime? voidedAt) =>
        rows.Attempt(branch.OrderId, Operation.Authorize) is { State: AttemptState.Succeeded } paid && paid.UpdatedAt >= voidedAt
        && rows.Attempt(branch.OrderId, Operation.Void) is { State: AttemptState.Succeeded } voided && voided.GatewayId == branch.AuthorizationId;
}
