using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>Accepted differences: looked up by key, written together with their case.</summary>
sealed class AcceptedDifferences(QueryRunner<ReconcilerDb> statements, TimeProvider clock)
{
    public const string Subject = "accepted difference";

    /// <summary>True if the same difference was accepted and is unchanged.</summary>
    public Task<bool> Has(FindingRow finding) => statements.Run(db => db.Accepted.AnyAsync(
        row => row.Key == finding.Key && row.RevokedAt == null && row.Fingerprint == finding.Fingerprint));

    /// <summary>Accepts the difference; revokes an earlier acceptance of the same key with other amounts.</summary>
    public async Task Accept(UnitOfWorkContext work, CaseRow open, string by, string reason)
    {
        var (db, now) = ((ReconcilerDb)work.Db, clock.GetUtcNow());
        await db.Accepted.Where(row => row.Key == open.OpenKey && row.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.RevokedAt, now.UtcDateTime));
        var accepted = new AcceptedDifference
        {
            Id = Guid.CreateVersion7(now),
            Key = open.OpenKey!,
            Fingerprint = open.Fingerprint!,
            CaseId = open.Id,
            Class = open.Class,
            OrderId = open.OrderId,
            Subject = open.Subject,
            Amount = open.Amount,
            Currency = open.Currency,
            AcceptedBy = by,
            Reason = reason,
            AcceptedAt = now.UtcDateTime,
        };
        db.Add(accepted);
        work.Audit(Subject, accepted.Id.ToString(), "", "Accepted", by, reason);
    }

    public void Revoke(UnitOfWorkContext work, AcceptedDifference row, string by, string reason)
    {
        row.RevokedAt = clock.GetUtcNow().UtcDateTime;
        work.Audit(Subject, row.Id.ToString(), "Accepted", "Revoked", by, reason);
    }
}
