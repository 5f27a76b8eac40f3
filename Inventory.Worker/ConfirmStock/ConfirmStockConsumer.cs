using MassTransit;
using OrderSaga.Contracts;

namespace OrderSaga.Inventory;

sealed class ConfirmStockConsumer(BranchSteps steps) : IConsumer<ConfirmStock>
{
    public Task Consume(ConsumeContext<ConfirmStock> context) => steps.Carry(context, branch => Stock.Confirm(branch, context.Message));
}
