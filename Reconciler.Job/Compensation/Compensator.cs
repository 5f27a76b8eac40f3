using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>
/// Decides each finding of a run once: repair, case, or nothing. The decision, its command (in the outbox) and its audit row are one
/// transaction. So a run that is taken over continues with the next finding and sends nothing twice.
/// </summary>
sealed class Compensator(
    QueryRunner<ReconcilerDb> statements, RepairVerification check, CaseService cases, ReconciliationSettings settings, TimeProvider clock,
    ILogger<Compensator> log)
{
    const int PageSize = 100;

    public async Task Run(ReconciliationRun run, RunLease lease, CancellationToken cancel)
    {
        var budget = new Budget(settings, await statements.Run(db => db.Repairs.AsNoTracking().Where(repair => repair.RunId == run.Id).ToListAsync(cancel)));
        var floods = await statements.Run(db => db.Findings.Where(finding => finding.RunId == run.Id && finding.Class == Classes.TooManyFindings)
            .Select(finding => finding.Subject!).ToHashSetAsync(cancel));
        while (await Undecided(run.Id) is { Count: > 0 } findings)
        {
            foreach (var finding in findings)
            {
                cancel.ThrowIfCancellationRequested();
                await DecideOrOpen(finding, run, lease, budget, floods.Contains(finding.Class));
            }
        }
    }

    Task<List<FindingRow>> Undecided(Guid run) => statements.Run(db => db.Findings.AsNoTracking()
        .Where(finding => finding.RunId == run && finding.Outcome == FindingOutcome.Found).OrderBy(finding => finding.Key).Take(PageSize).ToListAsync());

    /// <summary>
    /// A finding that cannot be decided, for example because its order cannot be read, becomes a case; the others continue.
    /// </summary>
    async Task DecideOrOpen(FindingRow finding, ReconciliationRun run, RunLease lease, Budget budget, bool flood)
    {
        try
        {
            var decided = await Decide(finding, run, budget, flood);
            FailPoint.Hit("reconciliation.decided");
            await lease.Run((work, held) => Apply(decided, work, held, finding.Id));
            if (decided.Decision is Decision.Send)
                budget.Spend(finding);
        }
        catch (Exception failure) when (failure is not (LeaseLostException or OperationCanceledException) && !run.DryRun
            && DatabaseErrors.Classify(failure) == FailureKind.Permanent)
        {
            log.LogError(failure, "Could not decide finding {FindingId}; opening a case: {Class}", finding.Id, finding.Class);
            var open = new Decision.Open(Text.Cut($"it could not be decided: {failure.Message}", 500));
            await lease.Run((work, held) => Apply(new Decided(open), work, held, finding.Id));
        }
    }

    async Task<Decided> Decide(FindingRow finding, ReconciliationRun run, Budget budget, bool flood)
    {
        if (await statements.Run(db => db.Accepted.AnyAsync(
            row => row.Key == finding.Key && row.RevokedAt == null && row.Fingerprint == finding.Fingerprint)))
            return new Decided(new Decision.Leave(FindingOutcome.Accepted, "an operator accepted it"));

        var known = await statements.Run(db => db.Cases.AsNoTracking().SingleOrDefaultAsync(row => row.OpenKey == finding.Key));
        var earlier = await statements.Run(db => db.Repairs.AsNoTracking()
            .Where(row => row.Key == finding.Key && row.State == RepairState.Sent).OrderByDescending(row => row.SentAt).FirstOrDefaultAsync());
        var decision = CompensationRule.Decide(finding, run, known, earlier, budget.Allows(finding), flood);
        OrderSnapshot? snapshot = null;
        if (decision is not Decision.Leave && finding.OrderId is { } order)
        {
            (snapshot, var same) = await check.Verify(order, finding.Class, finding.Subject);
            decision = CompensationRule.Reconsider(decision, finding, snapshot, same, budget.HasRepaired(order) ? null : run.Until);
        }

        return new Decided(decision, known?.Id, earlier?.Id, snapshot);
    }

    /// <summary>A decision and its basis.</summary>
    sealed record Decided(Decision Decision, Guid? Known = null, Guid? Earlier = null, OrderSnapshot? Snapshot = null);

    async Task Apply(Decided decided, UnitOfWorkContext work, ReconciliationRun run, Guid id)
    {
        var finding = await ((ReconcilerDb)work.Db).Findings.SingleAsync(row => row.Id == id);
        if (finding.Outcome == FindingOutcome.Found)
            await (decided.Decision switch
            {
                Decision.Send => Send(work, run, finding, decided.Snapshot!),
                Decision.Open open => Open(work, run, finding, open.Reason, decided.Earlier),
                Decision.Leave leave => Leave(work, run, finding, leave, decided.Known),
                var other => throw new InvalidOperationException($"{other} is not a decision."),
            });
    }

    async Task Send(UnitOfWorkContext work, ReconciliationRun run, FindingRow finding, OrderSnapshot snapshot)
    {
        var what = new RepairFor(run.Id, finding.Key, finding, finding.Remedy, $"run {run.Id}");
        await Repairs.Send(work, what, snapshot, $"reconciliation: {finding.Class}", clock);
        finding.Outcome = FindingOutcome.Repaired;
        run.Repaired++;
        work.AfterCommit(() => log.LogWarning("Repairing order {OrderId} with {Remedy}: {Class}", snapshot.OrderId, finding.Remedy, finding.Class));
    }

    async Task Open(UnitOfWorkContext work, ReconciliationRun run, FindingRow finding, string reason, Guid? earlier)
    {
        if (earlier is { } id && await ((ReconcilerDb)work.Db).Repairs.SingleAsync(row => row.Id == id) is var repair)
        {
            (repair.State, repair.CheckedAt) = (RepairState.Failed, clock.GetUtcNow().UtcDateTime);
            work.Audit(Repairs.Subject, repair.Id.ToString(), nameof(RepairState.Sent), nameof(RepairState.Failed), $"run {run.Id}", reason);
        }

        (finding.Outcome, finding.CaseId, finding.Note) = (FindingOutcome.CaseOpened, cases.Open(work, finding, reason).Id, reason);
        run.Cases++;
    }

    async Task Leave(UnitOfWorkContext work, ReconciliationRun run, FindingRow finding, Decision.Leave leave, Guid? known)
    {
        (finding.Outcome, finding.CaseId, finding.Note) = (leave.Outcome, known, leave.Note);
        if (leave.Outcome is FindingOutcome.CaseKnown or FindingOutcome.InProgress or FindingOutcome.Gone or FindingOutcome.Accepted)
        {
            run.Found--;
            run.Known += leave.Outcome is FindingOutcome.Gone or FindingOutcome.Accepted ? 0 : 1;
        }

        if (leave.Outcome == FindingOutcome.OverBudget)
            await OpenBudgetCase(work, run);
    }

    /// <summary>One case for all findings over the budget, and for all runs until it is resolved.</summary>
    async Task OpenBudgetCase(UnitOfWorkContext work, ReconciliationRun run)
    {
        var finding = FindingRow.Of(run.Id, BudgetSpent(), clock.GetUtcNow());
        var db = (ReconcilerDb)work.Db;
        if (await db.Cases.AnyAsync(row => row.OpenKey == finding.Key))
            return;
        cases.Open(work, finding, $"run {run.Id} reached its repair budget; the next run handles the rest");
        run.Cases++;
    }

    Finding BudgetSpent() => new(
        Classes.RepairBudgetSpent, Severity.High, null, null, "One run repairs no more than its budget; the next run continues with the rest.",
        JsonSerializer.Serialize(new { settings.MaxRepairs, settings.MaxRepairsPerClass, settings.MaxRepairAmount }, JsonSerializerOptions.Web),
        Remedy.Case, 0, null);
}
