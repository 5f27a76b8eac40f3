using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class ConfirmPaymentConsumer(BranchSteps steps, BranchRows rows) : IConsumer<ConfirmPayment>
{
    public Task Consume(ConsumeContext<ConfirmPayment> context) => steps.Apply(
        context.Message,
        branch => PaymentRule.Confirm(branch, rows.Attempt(context.Message.OrderId, Operation.Capture)?.State == AttemptState.Declined),
        PaymentBranch.RequireTry);
}
