using OrderSaga.Platform.Batches;

namespace Reconciler.Job;

/// <summary>Opens and changes cases, each change with its audit row.</summary>
sealed class CaseService(CaseAlerts alerts, ReconciliationSettings settings, TimeProvider clock)
{
    /// <summary>Subject of a case's audit rows.</summary>
    public const string Subject = "case";

    public CaseRow Open(UnitOfWorkContext work, FindingRow finding, string reason) => Open(work, finding, reason, finding.RunId, $"run {finding.RunId}");

    /// <summary>Opens a case outside of a run.</summary>
    public CaseRow Open(UnitOfWorkContext work, Finding finding, string reason, string by) =>
        Open(work, FindingRow.Of(Guid.Empty, finding, clock.GetUtcNow()), reason, null, by);

    CaseRow Open(UnitOfWorkContext work, FindingRow finding, string reason, Guid? run, string by)
    {
        var now = clock.GetUtcNow();
        var opened = new CaseRow(finding, reason)
        {
            Id = Guid.CreateVersion7(now),
            OpenedByRun = run,
            OpenedAt = now.UtcDateTime,
            UpdatedAt = now.UtcDateTime,
            DueAt = now.UtcDateTime.AddHours(settings.CaseDueHours),
        };
        work.Db.Add(opened);
        work.Audit(Subject, opened.Id.ToString(), "", nameof(CaseStatus.Open), by, reason);
        work.AfterCommit(() => ReconciliationMetrics.CaseOpened(opened.Class));
        work.AfterCommit(alerts.Wake);
        return opened;
    }

    public void Assign(UnitOfWorkContext work, CaseRow open, string assignee, string by, string reason)
    {
        open.Assignee = assignee;
        Change(work, open, CaseStatus.Assigned, $"assign by {by}", $"to {assignee}: {reason}");
    }

    public void Resolve(UnitOfWorkContext work, CaseRow open, string by, string reason)
    {
        open.OpenKey = null;
        open.ResolvedAt = clock.GetUtcNow().UtcDateTime;
        Change(work, open, CaseStatus.Resolved, $"resolve by {by}", reason);
    }

    /// <summary>Records a decision in progress: the case is resolved when its order is final.</summary>
    public void Begin(UnitOfWorkContext work, CaseRow open, string cause, string detail) => Change(work, open, CaseStatus.InProgress, cause, detail);

    /// <summary>Reopens a case whose decision did not help; alerts again.</summary>
    public void Reopen(UnitOfWorkContext work, CaseRow open, string by, string reason)
    {
        (open.Reason, open.AlertedAt, open.AlertAttempts, open.NextAlertAt) = (reason, null, 0, null);
        Change(work, open, open.Assignee is null ? CaseStatus.Open : CaseStatus.Assigned, $"reopen by {by}", reason);
        work.AfterCommit(alerts.Wake);
    }

    /// <summary>Records an action; the case stays open until it has helped.</summary>
    public void Record(UnitOfWorkContext work, CaseRow open, string cause, string detail) => Change(work, open, open.Status, cause, detail);

    void Change(UnitOfWorkContext work, CaseRow open, CaseStatus to, string cause, string detail)
    {
        work.Audit(Subject, open.Id.ToString(), open.Status.ToString(), to.ToString(), cause, detail);
        open.Status = to;
        open.UpdatedAt = clock.GetUtcNow().UtcDateTime;
    }
}
