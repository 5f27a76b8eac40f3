using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Inventory;

/// <summary>Moves the pieces of a branch's lines with each step. The branch's audit row covers them: levels change only by lines.</summary>
sealed class StockFence(StockRows rows, UnitOfWorkContext work, TimeProvider clock)
    : Fence<Branch, BranchState, StockStep>(Participant, rows, work, clock)
{
    public static readonly Participant Participant = new("stock", Queues.Orders, command => ((IOrderMessage)command).OrderId);

    readonly StockRows rows = rows;

    protected override void CarryOut(Branch branch, StockStep step, string cause)
    {
        if (step.Move != Move.None)
            foreach (var line in step.Lines)
                rows.Levels[line.Sku].Move(step.Move, line.Quantity);
        FailPoint.Hit($"inventory.{cause}.before-commit");
        Work.AfterCommit(() =>
        {
            FailPoint.Hit($"inventory.{cause}.after-commit");
        });
    }
}
