using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace Reconciler.Job.Tests;

/// <summary>The orders come from a replica that has stopped replaying; live orders look like orphans there.</summary>
public sealed class ReplicaTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_run_on_a_stale_replica_reports_no_findings(Mode mode)
    {
        await using var shop = await Shop.OpenWithStaleReplica(mode);
        var orders = await FiveUnpaid(shop);

        var run = await shop.Http.Reconcile();

        ((string)run["state"]!).ShouldBe("NotJudged", run.ToJsonString());
        ((string)run["error"]!).ShouldContain("the replica of orders is ");
        (await shop.Http.Findings(run)).ShouldBeEmpty();
        await ShouldBeAlive(shop, orders);
        var report = await shop.Http.Json($"/reconciliation/runs/{run["id"]}/report?format=json");
        ((string)report["verdict"]!).ShouldStartWith("Not judged");
        ((int)(await shop.Http.Reconcile(new { kind = "order", orderId = orders[0], dryRun = false }))["counts"]!["orders"]!)
            .ShouldBe(1, "a single order is read from the primary");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_finding_on_a_replica_is_confirmed_on_the_primary(Mode mode)
    {
        await using var shop = await Shop.OpenWithStaleReplica(mode, "Reconciliation:WindowSeconds=3", "Ledgers:MaxReplicaLagSeconds=3");
        var orders = await FiveUnpaid(shop);
        // Old enough to be checked, while the replica does not seem to lag: as if its lag had been measured before it stopped.
        await shop.Corruptor.Run("orders", "DELETE FROM audit");
        await shop.Corruptor.Run("inventory", "UPDATE stock_branches SET updated_at = '2020-01-01 00:00:00'");
        await shop.Corruptor.Run("payments", "UPDATE payment_branches SET updated_at = '2020-01-01 00:00:00'");
        await shop.Corruptor.Run("payments", "UPDATE payment_attempts SET updated_at = '2020-01-01 00:00:00'");

        var run = await shop.Http.Reconcile();

        ((string)run["state"]!).ShouldBe("Completed", run.ToJsonString());
        (await shop.Http.Findings(run)).ShouldAllBe(finding => finding.EndsWith(" Gone", StringComparison.Ordinal));
        (await shop.Http.Findings(run)).ShouldNotBeEmpty("to the copy they are orphans");
        await ShouldBeAlive(shop, orders);
    }

    [Fact]
    public async Task Recovery_does_not_depend_on_a_replica()
    {
        await using var shop = await Shop.OpenWithStaleReplica(Mode.Embedded);
        var order = await shop.Order();
        await shop.Stuck(order, "ConfirmingStock");
        await shop.Becomes(order, "Completed");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Lag_is_the_age_of_the_oldest_missing_change(Mode mode)
    {
        await using var shop = await Shop.OpenWithStaleReplica(mode);
        var replicas = shop.Services.GetRequiredService<Replicas>();
        await shop.Corruptor.Run("orders", "DELETE FROM audit");
        (await replicas.Measure(default)).Single().ShouldBe(new ReplicaLag("orders", TimeSpan.Zero), "nothing has happened yet");

        await shop.Order();
        await shop.Corruptor.Run("orders", $"UPDATE audit SET at = '{Ago(500)}'");
        await shop.Corruptor.Run("orders", $"UPDATE audit SET at = '{Ago(900)}' WHERE id = (SELECT MIN(id) FROM audit)");
        var lag = (await replicas.Measure(default)).Single();
        lag.Behind.ShouldBeInRange(TimeSpan.FromSeconds(890), TimeSpan.FromSeconds(960));
        lag.Diverged.ShouldBeFalse();
        shop.Services.GetServices<IHostedService>().ShouldContain(service => service is PeriodicService<ReplicaMonitor>);
        await shop.Services.GetRequiredService<ReplicaMonitor>().Run(default);
        ((string?)(await shop.Http.Json("/health/ready"))["checks"]!["replicas"]).ShouldBe("degraded");
    }

    [Fact]
    public async Task An_unreadable_replica_is_degraded()
    {
        await using var shop = await Shop.Open(Mode.Embedded);
        var missing = new ReadOnlyDatabase(DatabaseMode.Sqlite, $"Data Source={shop.Installation.Directory}/missing.db;Mode=ReadOnly");
        var replicas = new Replicas([new Replica("orders", missing, missing)], TimeSpan.FromMinutes(1), TimeProvider.System);
        var monitor = new ReplicaMonitor(replicas, shop.Services.GetRequiredService<IConfiguration>(), NullLogger<ReplicaMonitor>.Instance);
        (await monitor.CheckHealthAsync(new HealthCheckContext())).Status.ShouldBe(HealthStatus.Healthy, "nothing is known yet");

        await Should.ThrowAsync<Exception>(() => monitor.Run(default));
        var health = await monitor.CheckHealthAsync(new HealthCheckContext());
        (health.Status, health.Description).ShouldBe((HealthStatus.Degraded, "A replica could not be read; reconciliation waits for it."));
    }

    [Theory]
    [InlineData(0, "", "on", null)]
    [InlineData(0, "", "off", "synchronous_commit=off")]
    [InlineData(1, "", "on", "synchronous_standby_names is empty")]
    [InlineData(2, "ANY 1 (a, b)", "on", null)]
    [InlineData(2, "ANY 1 (a, b)", "remote_apply", null)]
    [InlineData(2, "ANY 1 (a, b)", "local", "synchronous_commit=local")]
    public void Commits_that_wait_for_no_replica_raise_a_warning(long replicas, string standbys, string commit, string? received)
    {
        var warning = new Durability("orders", replicas, standbys, commit).Warning;
        if (received is null)
            warning.ShouldBeNull();
        else
            warning.ShouldNotBeNull().ShouldContain(received);
    }

    static async Task<List<Guid>> FiveUnpaid(Shop shop)
    {
        var orders = new List<Guid>();
        for (var i = 0; i < 5; i++)
            orders.Add(await shop.Unpaid());
        return orders;
    }

    /// <summary>Nothing was sent: stock is held, the customer can still pay, no case is open.</summary>
    static async Task ShouldBeAlive(Shop shop, List<Guid> orders)
    {
        (await shop.Db(db => db.Repairs.CountAsync())).ShouldBe(0);
        (await shop.Http.Cases()).ShouldBeEmpty();
        foreach (var order in orders)
            ((string)(await shop.Http.Json($"/branches/stock/{order}"))["state"]!).ShouldBe("Tried");
    }

    static string Ago(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(-seconds).ToString("yyyy-MM-dd HH:mm:ss", null);
}
