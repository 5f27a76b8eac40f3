using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class CancelStockConsumer(StockFence fence) : IConsumer<CancelStock>
{
    public Task Consume(ConsumeContext<CancelStock> context) =>
        fence.Apply(context.Message, StockRule.Cancel(fence.Branch(context.Message), context.Message));
}
