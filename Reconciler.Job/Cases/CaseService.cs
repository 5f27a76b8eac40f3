using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Processing;

namespace Reconciler.Job;

/// <summary>Opens and changes cases, each change with its audit row.</summary>
sealed class CaseService(
    QueryRunner<ReconcilerDb> statements, UnitOfWork<ReconcilerDb> unitOfWork, CaseAlerts alerts, ReconciliationSettings settings, TimeProvider clock)
{
    const int PageSize = 200;
    const string Accepted = "accepted difference";

    /// <summary>Subject of a case's audit rows.</summary>
    public const string Subject = "case";

    /// <summary>The open cases about orders, of these classes, in pages.</summary>
    public async IAsyncEnumerable<List<CaseRow>> ReadOpen(string[] classes, [EnumeratorCancellation] CancellationToken cancel)
    {
        var after = Guid.Empty;
        while (await statements.Run(db => db.Cases.AsNoTracking()
            .Where(row => row.OpenKey != null && row.OrderId != null && row.Id > after && classes.Contains(row.Class))
            .OrderBy(row => row.Id).Take(PageSize).ToListAsync(cancel)) is { Count: > 0 } page)
        {
            yield return page;
            after = page[^1].Id;
        }
    }

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

    /// <summary>Resolves the case, unless it was resolved meanwhile.</summary>
    public Task Resolve(Guid id, string by, string reason) => unitOfWork.Run(async work =>
    {
        var row = (await work.Lock<CaseRow, Guid>([id])).Single();
        if (row.Status != CaseStatus.Resolved)
            Resolve(work, row, by, reason);
    });

    /// <summary>Resolves the case and accepts its difference; revokes an earlier acceptance of the same key with other amounts.</summary>
    public async Task Accept(UnitOfWorkContext work, CaseRow open, string by, string reason)
    {
        var (db, now) = ((ReconcilerDb)work.Db, clock.GetUtcNow());
        await db.Accepted.Where(row => row.Key == open.OpenKey && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now.UtcDateTime));
        var accepted = AcceptedDifference.Of(open, by, reason, now);
        db.Add(accepted);
        work.Audit(Accepted, accepted.Id.ToString(), "", "Accepted", by, reason);
        Resolve(work, open, by, $"accepted: {reason}");
    }

    public void Revoke(UnitOfWorkContext work, AcceptedDifference row, string by, string reason)
    {
        row.RevokedAt = clock.GetUtcNow().UtcDateTime;
        work.Audit(Accepted, row.Id.ToString(), "Accepted", "Revoked", by, reason);
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
