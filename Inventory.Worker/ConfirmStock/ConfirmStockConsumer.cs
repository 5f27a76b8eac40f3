using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class ConfirmStockConsumer(BranchSteps steps) : IConsumer<ConfirmStock>
{
    public Task Consume(ConsumeContext<ConfirmStock> context) => steps.Apply(context, branch => StockRule.Confirm(branch, context.Message));
}
