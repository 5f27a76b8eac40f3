using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>Operators' actions on cases. Each action is one transaction with its audit row; commands go through its outbox.</summary>
sealed class CaseActions(UnitOfWork<ReconcilerDb> unit, StoryCheck check, CaseBook cases, AcceptedDifferences accepted, TimeProvider clock)
{
    public const string NoCase = "Case not found.";
    public const string NotNow = "The action is not possible now.";

    public Task<CaseView> Assign(Guid id, string assignee, string by, string reason) => Change(id, CaseRule.Assign, null, (work, row) =>
    {
        cases.Assign(work, row, assignee, by, reason);
        return Task.CompletedTask;
    });

    public Task<CaseView> Solve(Guid id, string by, string reason) => Change(id, CaseRule.Solve, null, (work, row) =>
    {
        cases.Solve(work, row, by, reason);
        return Task.CompletedTask;
    });

    /// <summary>Closes the case; the same difference does not open another one.</summary>
    public Task<CaseView> Accept(Guid id, string by, string reason) => Change(id, CaseRule.Accept, null, async (work, row) =>
    {
        await accepted.Accept(work, row, by, reason);
        cases.Solve(work, row, by, $"accepted: {reason}");
    });

    /// <summary>Retry, or cancel and compensate: reads the ledgers first and records the commands as repairs.</summary>
    public async Task<CaseView> Send(Guid id, string action, string by, string reason, ReconcilerDb db)
    {
        var look = await Look(id, db);
        return await Change(id, action, look, async (work, row) =>
        {
            foreach (var remedy in CaseRule.Fits(action, row, look.Story, look.Same).Commands)
            {
                if (remedy is Remedy.RetryOrder or Remedy.AbandonOrder)
                    await Decide(work, remedy, look.Story!.Order!);
                else
                    await Repairs.Send(work, Repair(row, remedy, by), look.Story!, $"case {row.Id}: {reason}", clock);
            }

            if (row.Class == ReviewCases.Class)
                cases.Begin(work, row, $"{action} by {by}", reason);
            else
                cases.Note(work, row, $"{action} by {by}", reason);
        });
    }

    static RepairFor Repair(CaseRow row, Remedy remedy, string by) =>
        new(row.OpenedByRun!.Value, row.OpenKey!, row.Class, remedy, row.Amount, row.Currency, by);

    /// <summary>Sends the row version that the operator saw: an order that has moved since is not changed.</summary>
    static Task Decide(Work work, Remedy decision, OrderEntry order) => decision == Remedy.RetryOrder
        ? work.Send(Queues.Orders, new RetryOrder(order.Id, order.Version))
        : work.Send(Queues.Orders, new AbandonOrder(order.Id, order.Version));

    public async Task<CaseLook> Look(Guid id, ReconcilerDb db)
    {
        var row = await db.Cases.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id) ?? throw Missing();
        if (row.OrderId is not { } order)
            return new CaseLook(row, null, true);
        var (story, same) = await check.LookAgain(order, row.Class, row.Subject);
        return new CaseLook(row, story, same);
    }

    Task<CaseView> Change(Guid id, string action, CaseLook? look, Func<Work, CaseRow, Task> change) => unit.Run(async work =>
    {
        var row = (await work.Lock<CaseRow, Guid>([id])).SingleOrDefault() ?? throw Missing();
        if (CaseRule.Fits(action, row, look?.Story, look?.Same ?? true).Refused is { } refused)
            throw new Problem(409, "action-refused", NotNow, $"{refused} GET /cases/{id}/preview shows the possible actions.");
        await change(work, row);
        return CaseView.Of(row);
    });

    public static Problem Missing() => new(404, "case-not-found", NoCase, "Check the id; GET /cases lists the cases.");
}

/// <summary>A case, and its order in the ledgers now.</summary>
sealed record CaseLook(CaseRow Row, Story? Story, bool Same);
