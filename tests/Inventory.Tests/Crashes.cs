using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OrderSaga.Inventory.Tests;

/// <summary>
/// Aborts transactions just before their commit, like a crash: all statements have run, nothing is stored, and the deliveries come again in
/// a fresh scope. Each order crashes once in each step.
/// </summary>
sealed class CrashBeforeCommit : DbTransactionInterceptor
{
    readonly HashSet<Guid> crashed = [];
    readonly Lock gate = new();

    /// <summary>How many orders crashed in this step.</summary>
    public int Orders => crashed.Count;

    public void NextStep()
    {
        lock (gate)
            crashed.Clear();
    }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        var orders = eventData.Context!.ChangeTracker.Entries<Branch>().Select(entry => entry.Entity.OrderId).ToList();
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
    public static Task Plant(TestHost host) => host.Read(db => db.Database.ExecuteSqlRawAsync("""
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
        CREATE CONSTRAINT TRIGGER crash AFTER INSERT OR UPDATE ON stock_branches DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION crash();
        """));

    /// <summary>Transactions that reached their commit; half of them were aborted there.</summary>
    public static Task<long> Commits(TestHost host) =>
        host.Read(db => db.Database.SqlQueryRaw<long>("SELECT last_value AS \"Value\" FROM commits").SingleAsync());
}

/// <summary>The cost of a load on PostgreSQL: transactions with an audit row, and statements that changed stock levels.</summary>
static class CountedByTheServer
{
    public static Task Plant(TestHost host) => host.Read(db => db.Database.ExecuteSqlRawAsync("""
        CREATE SEQUENCE updates;
        CREATE FUNCTION count_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM nextval(''updates''); RETURN NULL; END';
        CREATE TRIGGER count_update AFTER UPDATE ON stock FOR EACH STATEMENT EXECUTE FUNCTION count_update();
        """));

    public static Task<long> Updates(TestHost host) =>
        host.Read(db => db.Database.SqlQueryRaw<long>("SELECT last_value AS \"Value\" FROM updates WHERE is_called").SingleOrDefaultAsync());

    public static Task<long> Commits(TestHost host) =>
        host.Read(db => db.Database.SqlQueryRaw<long>("SELECT count(DISTINCT xmin::text) AS \"Value\" FROM audit").SingleAsync());
}

/// <summary>Counts statements that change stock levels, and commits, where EF sends them.</summary>
sealed class Counting : DbCommandInterceptor, IDbTransactionInterceptor
{
    int updates;
    int commits;

    public int StockUpdates => updates;
    public int Commits => commits;

    /// <summary>The provider may send several statements in one command.</summary>
    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref updates, command.CommandText.Split("UPDATE \"stock\" SET", StringSplitOptions.None).Length - 1);
        return new(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref commits);
        return Task.CompletedTask;
    }
}
