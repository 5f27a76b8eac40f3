using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace Testing;

/// <summary>
/// Aborts transactions just before their commit, like a crash: all statements have run, nothing is stored, and the deliveries come again in
/// a fresh scope. Each order crashes once in each step.
/// </summary>
public sealed class CrashBeforeCommit : DbTransactionInterceptor
{
    readonly HashSet<Guid> crashed = [];
    readonly Lock gate = new();

    /// <summary>True if a transaction of the order crashed in this step.</summary>
    public bool HasCrashed(Guid order)
    {
        lock (gate)
            return crashed.Contains(order);
    }

    public void NextStep()
    {
        lock (gate)
            crashed.Clear();
    }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        var orders = eventData.Context!.ChangeTracker.Entries<BranchRow>().Select(entry => entry.Entity.OrderId).ToList();
        lock (gate)
        {
            var before = crashed.Count;
            crashed.UnionWith(orders);
            if (crashed.Count == before)
                return new(result);
        }

        throw new DbUpdateConcurrencyException("A crash before the commit");
    }
}

/// <summary>
/// The same on PostgreSQL, where the commit is sent with other statements and no interceptor sees it. A deferred trigger aborts every
/// second transaction that changes a branch, during its commit. Without concurrent batches each batch crashes once, and its next run
/// succeeds.
/// </summary>
static class CrashInCommit
{
    const string Trigger = """
        CREATE SEQUENCE commits;
        CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF coalesce(current_setting('crash.asked', true), '') = '' THEN
                PERFORM set_config('crash.asked', 'yes', true);
                IF nextval('commits') % 2 = 1 THEN
                    RAISE serialization_failure USING MESSAGE = 'A crash in the commit';
                END IF;
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER crash AFTER INSERT OR UPDATE ON BRANCHES DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION crash();
        """;

    public static Task Plant<TDb, TBranch>(ParticipantHost<TDb> host) where TDb : ServiceDb where TBranch : BranchRow => host.Read(db =>
        db.Database.ExecuteSqlRawAsync(Trigger.Replace("BRANCHES", db.Model.FindEntityType(typeof(TBranch))!.GetTableName(), StringComparison.Ordinal)));

    /// <summary>Transactions that reached their commit; half of them were aborted there.</summary>
    public static Task<long> Commits<TDb>(ParticipantHost<TDb> host) where TDb : ServiceDb =>
        host.Read(db => db.Database.SqlQueryRaw<long>("SELECT last_value AS \"Value\" FROM commits").SingleAsync());
}
