using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class ReserveStockConsumer(BranchSteps steps, StockRows rows) : IConsumer<TryReserveStock>
{
    public Task Consume(ConsumeContext<TryReserveStock> context) =>
        steps.Apply(context, branch => StockRule.Try(branch, context.Message, rows.Levels));
}
