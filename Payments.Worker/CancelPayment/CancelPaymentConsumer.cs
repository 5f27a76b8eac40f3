using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Payments;

sealed class CancelPaymentConsumer(PaymentFence fence, PaymentRows rows) : IConsumer<CancelPayment>
{
    public Task Consume(ConsumeContext<CancelPayment> context) => Apply(context.Message, fence.Branch(context.Message));

    Task Apply(CancelPayment message, PaymentBranch? branch) =>
        fence.Apply(message, PaymentRule.Cancel(
            branch, message, branch?.Undo is { } undo && rows.IsDeclined(branch, undo), !rows.Authorizations(message.OrderId).Any(attempt => attempt.IsOpen)));
}
