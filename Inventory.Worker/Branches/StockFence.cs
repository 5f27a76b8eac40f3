using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Inventory;

/// <summary>
/// Applies what <see cref="StockRule"/> decides: to the branch, and to the stock levels of its lines. The branch's audit row also describes the
/// change of the levels, so a step writes no audit rows for levels (a receipt does).
/// </summary>
sealed class StockFence(StockRows rows, UnitOfWorkContext work, TimeProvider clock)
    : Fence<Branch, BranchState, StockStep>(Participant, rows, work, clock)
{
    public static readonly Participant Participant = new("stock", Queues.Orders, command => ((IOrderMessage)command).OrderId);

    readonly StockRows rows = rows;

    protected override void OnTransition(Branch branch, StockStep step, string cause)
    {
        if (step.Move != StockMove.None)
            foreach (var line in step.Lines)
                rows.Levels[line.Sku].Move(step.Move, line.Quantity);
        FailPoint.Hit($"inventory.{cause}.before-commit");
        Work.AfterCommit(() =>
        {
            FailPoint.Hit($"inventory.{cause}.after-commit");
        });
    }
}
