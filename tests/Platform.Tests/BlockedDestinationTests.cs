using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>A destination that accepts nothing while the broker accepts everything else: only its own rows wait.</summary>
public sealed class BlockedDestinationTests
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    public static TheoryData<string> Ways => ["a full queue", "another exchange type", "no queue"];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_blocked_destination_delays_only_its_own_rows(string way)
    {
        Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "The bus in memory blocks nothing.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await Block(installation, way);
        await using var host = await PackHost.Start(installation, "Limits:MaxSendAttempts=3", "Limits:PublishTimeoutSeconds=5", "Limits:OutboxLeaseSeconds=10");
        for (var i = 0; i < 20; i++)
            await Send(host, way);
        using var blocked = new GaugeReader("ordersaga.outbox.blocked");
        var named = way == "no queue" ? "nowhere" : "News";
        await Eventually.Holds("the gauge names the destination",
            () => blocked.Read("destination").OfType<string>().Any(name => name.Contains(named, StringComparison.Ordinal)));

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++)
        {
            await Send(host, way);
            await host.Bump("a", 1);
            await host.Counts("echo-a", i + 1);
        }

        // A tenth of a second each would be slow; a destination that others wait for costs seconds each.
        watch.Elapsed.ShouldBeLessThan(Soon);
        host.Complaints.Count(line => line.Contains("accepts no messages", StringComparison.Ordinal)).ShouldBe(1);
        host.Complaints.ShouldNotContain(line => line.Contains("The broker is unavailable", StringComparison.Ordinal));
        await Eventually.Becomes("all rows of the blocked destination are parked",
            () => host.Db(db => db.Outbox.CountAsync(row => row.ParkedAt != null)), count => count == 70, TimeSpan.FromSeconds(60));
        using var http = host.Operator();
        var parked = (await http.GetFromJsonAsync<JsonNode>("/outbox/parked?limit=5"))!["items"]!.AsArray();
        parked.ShouldAllBe(row => (int)row!["attempts"]! == 3 && ((string)row["cause"]!).Length > 0);
    }

    [Fact]
    public async Task A_recovered_destination_gets_its_rows()
    {
        Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "The bus in memory blocks nothing.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await Block(installation, "a full queue");
        await using var host = await PackHost.Start(installation);
        for (var i = 0; i < 20; i++)
            await Send(host, "a full queue");
        await Eventually.Becomes("rows that failed", () => host.Db(db => db.Outbox.CountAsync(row => row.Attempts > 0)), count => count == 20);
        await installation.Manage(HttpMethod.Delete, "queues", "full");
        await host.Drained();
        host.Complaints.Count(line => line.Contains("accepts no messages", StringComparison.Ordinal)).ShouldBe(1);
    }

    /// <summary>
    /// The other queues behind an exchange get each event although one queue rejects it; by the inbox it takes effect once.
    /// </summary>
    [Fact]
    public async Task One_subscribers_rejection_affects_no_other()
    {
        Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "The bus in memory blocks nothing.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await Block(installation, "a full queue");
        await using var host = await PackHost.Start(installation, "News=true", "Limits:MaxSendAttempts=2");
        for (var i = 0; i < 10; i++)
            await Send(host, "a full queue");
        await Eventually.Becomes("all parked",
            () => host.Db(db => db.Outbox.CountAsync(row => row.ParkedAt != null)), count => count == 10, TimeSpan.FromSeconds(60));
        // Three queues receive the event.
        await Eventually.Becomes("each queue has them once", () => host.Db(db => db.Inbox.CountAsync()), count => count == 30);
    }

    static Task Send(PackHost host, string way) => host.Unit.Run(work => way == "no queue" ? work.Send("nowhere", new Bump("x")) : work.Publish(new News("x")));

    static async Task Block(Installation installation, string way)
    {
        if (way == "no queue")
            return;
        var type = way == "another exchange type" ? "topic" : "fanout";
        await installation.Manage(HttpMethod.Put, "exchanges", "Pack:News", new { type, durable = true });
        if (way != "a full queue")
            return;
        var arguments = new Dictionary<string, object> { ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" };
        await installation.Manage(HttpMethod.Put, "queues", "full", new { durable = true, arguments });
        await installation.Manage(HttpMethod.Post, "bindings", "e/Pack:News/q/full", new { routing_key = "" });
        await installation.Manage(HttpMethod.Post, "exchanges", "amq.default/publish",
            new { routing_key = "full", payload = "{}", payload_encoding = "string", properties = new { } });
    }
}
