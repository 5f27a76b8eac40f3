using MassTransit;
using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;

namespace OrderSaga.Payments;

sealed class TryAuthorizePaymentConsumer(PaymentFence fence, RouteSettings routes, TimeProvider clock) : IConsumer<TryAuthorizePayment>
{
    public Task Consume(ConsumeContext<TryAuthorizePayment> context) => Apply(context.Message, fence.Branch(context.Message));

    Task Apply(TryAuthorizePayment message, PaymentBranch? branch) => fence.Apply(message, AtFirstGateway(
        PaymentRule.Try(branch, message, clock.GetUtcNow().UtcDateTime), message.OrderId));

    Outcome AtFirstGateway(Outcome outcome, Guid orderId) =>
        outcome is PaymentStep { Call: Operation.Authorize } step ? step with { Gateway = RouteRule.First(orderId, routes) } : outcome;
}
