using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using OrderSaga.Platform.Database;

namespace EndToEnd.Tests;

/// <summary>Reconciliation in processes that are killed during a run.</summary>
public sealed class ReconciliationTests
{
    /// <summary>In the order in which a run reaches them.</summary>
    static readonly string[] Points =
    [
        "reconciliation.mid-merge:1", "reconciliation.before-compensation:1", "reconciliation.decided:2", "reconciliation.after-compensation:1",
        "reconciliation.before-report:1",
    ];

    static readonly Setup Quick = new()
    {
        Settings = new Dictionary<string, string?>
        {
            ["Reconciliation:NightlySchedule"] = "", ["Reconciliation:RollingIntervalMinutes"] = "0", ["Reconciliation:WindowSeconds"] = "0",
            ["Reconciliation:PageSize"] = "2", ["Reconciliation:LeaseSeconds"] = "3",
        },
    };

    [Theory, MemberData(nameof(Mode.Widest), MemberType = typeof(Mode))]
    public async Task A_run_killed_at_five_points_repairs_nothing_twice(Mode mode)
    {
        await using var system = await Running.Start(mode, Quick);
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(1000);
        var undisturbed = await Round(system, shop, sku, []);
        undisturbed.ShouldBe("captured-but-cancelled Repaired, captured-but-cancelled Repaired, status-differs-order-stock Repaired; "
            + "authorize capture refund, authorize capture refund");
        // One process has everything in memory: only the points with a command in transit differ.
        (await Round(system, shop, sku, mode.Transport == "RabbitMq" ? Points : Points[2..4])).ShouldBe(undisturbed);
    }

    /// <summary>Corrupts and reconciles three orders; returns the findings, and the gateway's own operations for them.</summary>
    static async Task<string> Round(Running system, Shop shop, string sku, string[] points)
    {
        var held = (await shop.PlaceAndEnd(sku, 2, "tok_declined")).Id;
        var taken = new[] { (await shop.PlaceAndEnd(sku, 2, "tok_ok")).Id, (await shop.PlaceAndEnd(sku, 2, "tok_ok")).Id };
        await HoldsStock(system, sku, held);
        foreach (var order in taken)
            await TakenButCancelled(system, sku, order);
        // The latest changes count as in flight to a process whose clock is slightly behind; after one more order they do not.
        await shop.PlaceAndEnd(sku, 1, "tok_ok");
        var run = await (points.Length == 0 ? Run(system) : RunKilled(system, points));

        ((string)run["state"]!).ShouldBe("Completed", run.ToJsonString());
        ((int)run["resumed"]!).ShouldBe(points.Length);
        var findings = await Call(system, HttpMethod.Get, $"reconciliation/runs/{run["id"]}/findings");
        var found = findings["items"]!.AsArray().Select(item => $"{item!["class"]} {item["outcome"]}").Order(StringComparer.Ordinal);
        var ledgers = await Task.WhenAll(taken.Select(shop.Ledger));
        return $"{string.Join(", ", found)}; {string.Join(", ", ledgers.Select(ledger => string.Join(' ', ledger.Select(entry => entry.Operation))))}";
    }

    static async Task<JsonNode> Run(Running system)
    {
        await Call(system, HttpMethod.Post, "reconciliation/runs", new { dryRun = false });
        return await Ended(system);
    }

    /// <summary>One run whose process dies at one point after the other, and is started again each time.</summary>
    static async Task<JsonNode> RunKilled(Running system, string[] points)
    {
        var reconciler = system.Of("Reconciler.Job");
        await reconciler.Kill();
        system.Configure("FailPoint", points[0]);
        await system.AllUp();
        try
        {
            await Call(system, HttpMethod.Post, "reconciliation/runs", new { dryRun = false });
        }
        catch (HttpRequestException)
        {
            // The process died before it could respond; the run is stored all the same.
        }

        foreach (var (point, next) in points.Zip(points.Skip(1).Append(null)))
        {
            await Eventually.Holds($"the process died at {point}", () => !reconciler.IsUp);
            system.Configure("FailPoint", next);
            await Restart(system, reconciler);
        }

        return await Ended(system);
    }

    static async Task Restart(Running system, ServiceProcess reconciler)
    {
        try
        {
            await system.AllUp();
        }
        catch (InvalidOperationException) when (!reconciler.IsUp)
        {
            // The process resumed the run at once and died at the next point before it was ready.
        }
    }

    static Task<JsonNode> Ended(Running system) => Eventually.Becomes(
        "the last run has ended", async () => (await Call(system, HttpMethod.Get, "reconciliation/runs?limit=1"))["items"]![0]!,
        run => run["finishedAt"] is not null, TimeSpan.FromSeconds(60));

    static async Task<JsonNode> Call(Running system, HttpMethod method, string path, object? body = null)
    {
        using var http = new HttpClient { BaseAddress = system.Url("Reconciler.Job") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", system.ApiKey);
        using var answer = await http.SendAsync(new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) });
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>A cancelled order still holds its stock.</summary>
    static async Task HoldsStock(Running system, string sku, Guid order)
    {
        await Change(system, "inventory", $"UPDATE stock_branches SET state = 'Tried' WHERE order_id = {Id(system, order)}");
        await Change(system, "inventory", $"UPDATE stock SET available = available - 2, held = held + 2 WHERE sku = '{sku}'");
    }

    /// <summary>A completed order becomes cancelled in its own ledger, and its stock is returned.</summary>
    static async Task TakenButCancelled(Running system, string sku, Guid order)
    {
        await Change(system, "orders", $"UPDATE orders SET state = 'Cancelled' WHERE id = {Id(system, order)}");
        await Change(system, "inventory", $"UPDATE stock_branches SET state = 'Cancelled' WHERE order_id = {Id(system, order)}");
        await Change(system, "inventory", $"UPDATE stock SET available = available + 2, sold = sold - 2 WHERE sku = '{sku}'");
    }

    static string Id(Running system, Guid order) => system.Mode.Database == "Sqlite" ? $"'{Dialect.Text(order)}'" : $"'{order}'";

    static async Task Change(Running system, string database, string sql)
    {
        await using System.Data.Common.DbConnection connection = system.Mode.Database == "Sqlite"
            ? new SqliteConnection(system.Connection(database)) : new NpgsqlConnection(system.Connection(database));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        (await command.ExecuteNonQueryAsync()).ShouldBe(1, sql);
    }
}
