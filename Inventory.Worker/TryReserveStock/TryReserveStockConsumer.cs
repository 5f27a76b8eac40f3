using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class TryReserveStockConsumer(StockFence fence, StockRows rows) : IConsumer<TryReserveStock>
{
    public Task Consume(ConsumeContext<TryReserveStock> context) =>
        fence.Apply(context.Message, StockRule.Try(fence.Branch(context.Message), context.Message, rows.Levels));
}
