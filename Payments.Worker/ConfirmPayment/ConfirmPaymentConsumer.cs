using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class ConfirmPaymentConsumer(PaymentFence fence, PaymentRows rows) : IConsumer<ConfirmPayment>
{
    public Task Consume(ConsumeContext<ConfirmPayment> context) => fence.Apply(context.Message,
        PaymentRule.Confirm(fence.Branch(context.Message), rows.IsDeclined(context.Message.OrderId, Operation.Capture)));
}
