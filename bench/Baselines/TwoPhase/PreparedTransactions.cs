using Npgsql;

namespace OrderSaga.Bench;

/// <summary>Prepared transactions of the server, and whether it allows any.</summary>
static class PreparedTransactions
{
    /// <summary>The setting is 0 by default and changes only with a restart.</summary>
    public static async Task Require(BenchDatabases databases, int transactions)
    {
        var allowed = await databases.Orders.Number("SELECT setting::bigint FROM pg_settings WHERE name = 'max_prepared_transactions'");
        if (allowed < transactions)
            throw new InvalidOperationException(
                $"This baseline needs {transactions} prepared transactions at once; the server allows {allowed}. As its superuser: " +
                $"ALTER SYSTEM SET max_prepared_transactions = {transactions}; then restart PostgreSQL.");
    }

    public static async Task<IReadOnlyList<string>> In(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand(TwoPhaseSql.Prepared);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await reader.ReadAsync())
            ids.Add(reader.GetString(0));
        return ids;
    }

    /// <summary>A recovered coordinator: commits decided transactions, rolls back the others.</summary>
    /// <param name="databases">The three databases.</param>
    /// <param name="its">The coordinator's transactions; null: all.</param>
    public static async Task<(int Committed, int RolledBack)> Resolve(BenchDatabases databases, IReadOnlySet<string>? its = null)
    {
        var (committed, rolledBack) = (0, 0);
        foreach (var database in new[] { databases.Orders, databases.Inventory, databases.Payments })
        {
            foreach (var id in (await In(database)).Where(id => its?.Contains(id) ?? true))
            {
                var decided = await databases.Orders.Number("SELECT count(*) FROM coordinator_log WHERE id = $1", Coordinator.Whole(id)) == 1;
                await database.Run($"{(decided ? "COMMIT" : "ROLLBACK")} PREPARED '{id}'");
                (committed, rolledBack) = decided ? (committed + 1, rolledBack) : (committed, rolledBack + 1);
            }
        }

        return (committed, rolledBack);
    }
}
