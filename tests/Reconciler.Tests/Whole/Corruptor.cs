using Microsoft.Data.Sqlite;
using Npgsql;
using OrderSaga.Platform.Database;

namespace Reconciler.Job.Tests;

/// <summary>Corrupts one ledger without the others' knowledge, like a bug, a restored backup or manual SQL.</summary>
sealed class Corruptor(Installation installation)
{
    /// <summary>A cancelled order of two tea-001 still holds its stock.</summary>
    public async Task HoldsStock(Guid cancelled)
    {
        await Run("inventory", $"UPDATE stock_branches SET state = 'Tried' WHERE order_id = {Id(cancelled)}");
        await Run("inventory", "UPDATE stock SET available = available - 2, held = held + 2 WHERE sku = 'tea-001'");
    }

    /// <summary>A completed order becomes cancelled in its own ledger: its money is captured and its stock released.</summary>
    public async Task TakenButCancelled(Guid completed)
    {
        await Run("orders", $"UPDATE orders SET state = 'Cancelled' WHERE id = {Id(completed)}");
        await Run("inventory", $"UPDATE stock_branches SET state = 'Cancelled' WHERE order_id = {Id(completed)}");
        await Run("inventory", "UPDATE stock SET available = available + 2, sold = sold - 2 WHERE sku = 'tea-001'");
    }

    /// <summary>The stock of a completed order of two tea-001 is held instead of confirmed.</summary>
    public async Task NotSold(Guid completed)
    {
        await Run("inventory", $"UPDATE stock_branches SET state = 'Tried' WHERE order_id = {Id(completed)}");
        await Run("inventory", "UPDATE stock SET held = held + 2, sold = sold - 2 WHERE sku = 'tea-001'");
    }

    /// <summary>An order disappears; its reservation and its authorization stay.</summary>
    public async Task Orphans(Guid cancelled)
    {
        await HoldsStock(cancelled);
        await Run("orders", $"DELETE FROM orders WHERE id = {Id(cancelled)}");
    }

    /// <summary>The payment has another amount than the order.</summary>
    public Task OtherAmount(Guid completed) => Run("orders", $"UPDATE orders SET total = total + 100 WHERE id = {Id(completed)}");

    /// <summary>A held branch without stock on its level: the participant cannot release it, whatever the command.</summary>
    public Task CannotBeRepaired(Guid cancelled) => Run("inventory", $"UPDATE stock_branches SET state = 'Tried' WHERE order_id = {Id(cancelled)}");

    string Id(Guid id) => installation.Mode.Database == "Sqlite" ? $"'{Dialect.Text(id)}'" : $"'{id}'";

    public async Task Run(string database, string sql)
    {
        await using System.Data.Common.DbConnection connection = installation.Mode.Database == "Sqlite"
            ? new SqliteConnection(installation.Connection(database)) : new NpgsqlConnection(installation.Connection(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync()).ShouldBeGreaterThan(0, sql);
    }
}
