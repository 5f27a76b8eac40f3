using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class CancelPaymentConsumer(BranchSteps steps, BranchRows rows) : IConsumer<CancelPayment>
{
    public Task Consume(ConsumeContext<CancelPayment> context) => steps.Apply(
        context.Message,
        branch => PaymentRule.Cancel(branch, context.Message, UndoDeclined(branch)),
        now => PaymentBranch.Tombstone(context.Message.OrderId, now));

    bool UndoDeclined(PaymentBranch? branch) =>
        branch?.Undo is { } undo && rows.Attempt(branch.OrderId, undo)?.State == AttemptState.Declined;
}
