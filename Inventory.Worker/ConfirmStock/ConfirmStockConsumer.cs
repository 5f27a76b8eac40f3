using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class ConfirmStockConsumer(StockFence fence) : IConsumer<ConfirmStock>
{
    public Task Consume(ConsumeContext<ConfirmStock> context) =>
        fence.Apply(context.Message, StockRule.Confirm(fence.Branch(context.Message), context.Message));
}
