using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class ConfirmPaymentConsumer(PaymentFence fence, PaymentRows rows) : IConsumer<ConfirmPayment>
{
    public Task Consume(ConsumeContext<ConfirmPayment> context) => Apply(context.Message, fence.Branch(context.Message));

    Task Apply(ConfirmPayment message, PaymentBranch? branch) =>
        fence.Apply(message, PaymentRule.Confirm(branch, rows.IsDeclined(branch, Operation.Capture)));
}
