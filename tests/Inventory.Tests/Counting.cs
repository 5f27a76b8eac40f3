using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OrderSaga.Inventory.Tests;

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
