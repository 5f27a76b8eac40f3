using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class TryAuthorizePaymentConsumer(PaymentFence fence, TimeProvider clock) : IConsumer<TryAuthorizePayment>
{
    public Task Consume(ConsumeContext<TryAuthorizePayment> context) =>
        fence.Apply(context.Message, PaymentRule.Try(fence.Branch(context.Message), context.Message, clock.GetUtcNow().UtcDateTime));
}
