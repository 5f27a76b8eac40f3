using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Operators' actions on cases. Each action is one transaction with its audit row; commands go through its outbox.</summary>
sealed class CaseActions(
    QueryRunner<ReconcilerDb> statements, UnitOfWork<ReconcilerDb> unitOfWork, RepairVerification check, CaseService cases, LaneSettings lanes,
    TimeProvider clock)
{
    public Task<CaseView> Assign(Guid id, string assignee, string by, string reason) =>
        Change(id, CaseRule.Assign, (work, row) => cases.Assign(work, row, assignee, by, reason));

    /// <summary>Reads the ledgers first: the case of an order that is not final stays open.</summary>
    public async Task<CaseView> Resolve(Guid id, string by, string reason) =>
        await Change(id, CaseRule.Resolve, await CheckCase(id), (work, row) =>
        {
            cases.Resolve(work, row, by, reason);
            return Task.CompletedTask;
        });

    /// <summary>Closes the case; the same difference does not open another one.</summary>
    public Task<CaseView> Accept(Guid id, string by, string reason) =>
        Change(id, CaseRule.Accept, null, (work, row) => cases.Accept(work, row, by, reason));

    /// <summary>Retry, or cancel and compensate: reads the ledgers first and records the commands as repairs.</summary>
    public async Task<CaseView> Send(Guid id, string action, string by, string reason)
    {
        var found = await CheckCase(id);
        return await Change(id, action, found, async (work, row) =>
        {
            foreach (var remedy in CaseRule.Evaluate(action, row, found.Snapshot, found.StillDiffers).Commands)
            {
                if (remedy is Remedy.RetryOrder or Remedy.AbandonOrder)
                    await Decide(work, remedy, found.Snapshot!.Order!);
                else
                    await Repairs.Send(work, Repair(row, remedy, by), found.Snapshot!, $"case {row.Id}: {reason}", clock);
            }

            if (row.Class == Classes.OrderNeedsReview)
                cases.Begin(work, row, $"{action} by {by}", reason);
            else
                cases.Record(work, row, $"{action} by {by}", reason);
        });
    }

    static RepairFor Repair(CaseRow row, Remedy remedy, string by) => new(row.OpenedByRun!.Value, row.OpenKey!, row, remedy, by);

    /// <summary>Sends the row version that the operator saw: an order that has moved since is not changed.</summary>
    Task Decide(UnitOfWorkContext work, Remedy decision, OrderEntry order)
    {
        var lane = lanes.Reachable(order.Lane);
        object command = decision == Remedy.RetryOrder
            ? new RetryOrder(order.Id, order.Version, TakeOver: lane != order.Lane)
            : new AbandonOrder(order.Id, order.Version, TakeOver: lane != order.Lane);
        return work.Send(Lane.Queue(Queues.Orders, lane), command);
    }

    public async Task<CaseCheck> CheckCase(Guid id)
    {
        var row = await statements.Run(db => db.Cases.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id)) ?? throw Missing();
        if (row.OrderId is not { } order)
            return new CaseCheck(row, null, true);
        var (snapshot, same) = await check.Verify(order, row.Class, row.Subject);
        return new CaseCheck(row, snapshot, same);
    }

    Task<CaseView> Change(Guid id, string action, Action<UnitOfWorkContext, CaseRow> change) => Change(id, action, null, (work, row) =>
    {
        change(work, row);
        return Task.CompletedTask;
    });

    Task<CaseView> Change(Guid id, string action, CaseCheck? found, Func<UnitOfWorkContext, CaseRow, Task> change) => unitOfWork.Run(async work =>
    {
        var row = (await work.Lock<CaseRow, Guid>([id])).SingleOrDefault() ?? throw Missing();
        if (CaseRule.Evaluate(action, row, found?.Snapshot, found?.StillDiffers ?? true).Refused is { } refused)
            throw new Problem(ProblemTypes.ActionRefused, $"{refused} GET /cases/{id}/preview shows the possible actions.");
        await change(work, row);
        return CaseView.Of(row);
    });

    public static Problem Missing() => new(ProblemTypes.CaseNotFound, "Check the id; GET /cases lists the cases.");
}

/// <summary>A case, and its order in the ledgers now.</summary>
sealed record CaseCheck(CaseRow Row, OrderSnapshot? Snapshot, bool StillDiffers);
