using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class TryAuthorizePaymentConsumer(BranchSteps steps, TimeProvider clock) : IConsumer<TryAuthorizePayment>
{
    public Task Consume(ConsumeContext<TryAuthorizePayment> context) => steps.Apply(
        context.Message,
        branch => PaymentRule.Try(branch, context.Message, clock.GetUtcNow().UtcDateTime),
        now => PaymentRule.IsUsable(context.Message) ? PaymentBranch.Of(context.Message, now) : PaymentBranch.Tombstone(context.Message.OrderId, now));
}
