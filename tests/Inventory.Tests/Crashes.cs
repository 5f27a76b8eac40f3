using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace OrderSaga.Inventory.Tests;

/// <summary>
/// Ends transactions at the last moment before their commit, as a crash does: all statements have run, nothing remains, and
/// the deliveries come again in a fresh scope. Each order crashes once in each step.
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

/// <summary>Counts the statements that change stock levels, and the commits.</summary>
sealed class Counting : DbCommandInterceptor, IDbTransactionInterceptor
{
    int updates;
    int commits;

    public int StockUpdates => updates;
    public int Commits => commits;

    /// <summary>The provider may put several statements into one command.</summary>
    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Interlocked.Add(ref updates, command.CommandText.Split("UPDATE stock SET", StringSplitOptions.None).Length - 1);
        return new(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref commits);
        return Task.CompletedTask;
    }
}
