using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class CancelStockConsumer(BranchSteps steps) : IConsumer<CancelStock>
{
    public Task Consume(ConsumeContext<CancelStock> context) => steps.Apply(context, branch => StockRule.Cancel(branch, context.Message));
}
