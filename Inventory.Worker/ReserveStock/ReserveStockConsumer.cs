using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class ReserveStockConsumer(BranchSteps steps, StockRows rows) : IConsumer<TryReserveStock>
{
    public Task Consume(ConsumeContext<TryReserveStock> context) =>
        steps.Carry(context, branch => Stock.Try(branch, context.Message, rows.Levels));
}
