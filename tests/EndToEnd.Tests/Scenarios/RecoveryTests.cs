using Npgsql;

namespace EndToEnd.Tests;

/// <summary>Two recovery processes, and many orders whose messages are lost.</summary>
public sealed class RecoveryTests
{
    const string Reconciler = "Reconciler.Job";
    const string Inventory = "Inventory.Worker";
    const int Orders = 250;

    static readonly Setup Quick = new()
    {
        Settings = new Dictionary<string, string?>
        {
            ["Orders:FirstRetryDelaySeconds"] = "2", ["Orders:MaxRetryDelaySeconds"] = "4", ["Orders:MaxRetries"] = "200",
            ["Recovery:IntervalSeconds"] = "1", ["Recovery:LeaseSeconds"] = "4",
        },
    };

    [Fact]
    public async Task Every_order_finishes_when_a_recovery_process_dies()
    {
        Assert.SkipUnless(Mode.All().Any(row => row[0] == Mode.Servers), "It takes processes on a broker.");
        await using var system = await Running.Start(Mode.Servers, Quick);
        await using var twin = system.Twin(Reconciler);
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(3 * Orders);
        await Task.WhenAll(system.Of(Reconciler).Kill(), system.Of(Inventory).Kill());
        var placed = await new Load(shop, Load.Mixed(Orders, [sku], seed: 3)).Run(callers: 8);
        await Purge(system, "inventory");

        system.Of(Reconciler).Start(("FailPoint", "recovery.mid-page:120"));
        twin.Start();
        await Eventually.Holds("one process has died during a page", () => !system.Of(Reconciler).IsUp, TimeSpan.FromSeconds(60));
        system.Of(Inventory).Start();

        await system.Checker.AtRest(TimeSpan.FromSeconds(90));
        await system.Checker.IsClean([.. placed.Select(one => one.OrderId)]);
        (await Count(system, "orders", "SELECT count(*) FROM audit WHERE cause = 'CheckRequested'")).ShouldBeGreaterThanOrEqualTo(Orders);
        (await Count(system, "orders", """
            SELECT count(*) FROM (SELECT 1 FROM audit WHERE cause = 'CheckRequested' GROUP BY subject_id, from_state, detail HAVING count(*) > 1) AS twice
            """)).ShouldBe(0, "no order was resumed twice at one version");
        await Eventually.Becomes("no lease is left", () => Count(system, "reconciler", "SELECT count(*) FROM leases"), left => left == 0);
    }

    /// <summary>Drops every message in the queue.</summary>
    static async Task Purge(Running system, string queue)
    {
        await Eventually.Becomes("all messages are sent", () => Count(system, "orders", "SELECT count(*) FROM outbox"), left => left == 0);
        using var http = Installation.Management();
        (await http.DeleteAsync($"api/queues/{system.Vhost}/{queue}/contents")).EnsureSuccessStatusCode();
    }

    static async Task<long> Count(Running system, string database, string sql)
    {
        await using var connection = new NpgsqlConnection(system.Connection(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
