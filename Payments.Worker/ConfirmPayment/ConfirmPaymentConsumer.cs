using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class ConfirmPaymentConsumer(BranchSteps steps) : IConsumer<ConfirmPayment>
{
    public Task Consume(ConsumeContext<ConfirmPayment> context) =>
        steps.Carry(context.Message, PaymentRule.Confirm, PaymentBranch.NeverWithoutTry);
}
