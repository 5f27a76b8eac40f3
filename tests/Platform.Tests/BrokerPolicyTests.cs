using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Hosting;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Platform.Tests;

/// <summary>Broker policies that make it drop messages.</summary>
public sealed class BrokerPolicyTests
{
    static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Fifty_kills_under_a_delivery_limit_lose_nothing()
    {
        SkipWithoutServers();
        await using var installation = await Owned(new() { ["delivery-limit"] = 3 });
        await using (var sender = await PackHost.Start(installation, "Consumers=false"))
        {
            for (var i = 0; i < 20; i++)
                await sender.Bump("a", 10);
            await sender.Drained();
            for (var kill = 0; kill < 50; kill++)
                await Kill(installation, "bumps");
        }

        await using var owner = await PackHost.Start(installation);
        await Eventually.Becomes("all are handled", () => owner.Counter("a"), count => count == 200, Long);
    }

    [Fact]
    public async Task A_message_TTL_set_by_policy_loses_nothing()
    {
        SkipWithoutServers();
        await using var installation = await Owned(new() { ["message-ttl"] = 300 });
        await using (var sender = await PackHost.Start(installation, "Consumers=false"))
        {
            await sender.Bump("a", 50);
            await Eventually.Becomes("some were returned", () => Returned(installation), count => count > 2, Long);
        }

        await using var owner = await PackHost.Start(installation);
        await Eventually.Becomes("all are handled", () => owner.Counter("a"), count => count == 50, Long);
    }

    [Fact]
    public async Task A_length_limit_set_by_policy_loses_nothing()
    {
        SkipWithoutServers();
        await using var installation = await Owned(new() { ["max-length"] = 3 });
        await using var sender = await PackHost.Start(installation, "Consumers=false");
        var sent = 0;
        // A quorum queue lets messages that are under way exceed its limit.
        await Eventually.Becomes("some wait in the outbox", async () =>
        {
            await sender.Bump("a", 1);
            sent++;
            return await sender.Db(db => db.Outbox.CountAsync(row => row.Attempts > 0));
        }, count => count > 0);
        await using var owner = await PackHost.Start(installation);
        await Eventually.Becomes("all are handled", () => owner.Counter("a"), count => count == sent, Long);
    }

    /// <summary>The policy overrides the argument of the queue.</summary>
    [Fact]
    public async Task Messages_dropped_from_a_full_queue_are_put_back()
    {
        SkipWithoutServers();
        await using var installation = await Owned(new() { ["max-length"] = 3, ["overflow"] = "drop-head" }, "^bumps$");
        await using (var sender = await PackHost.Start(installation, "Consumers=false"))
        {
            for (var i = 0; i < 30; i++)
                await sender.Bump("a", 1);
            await Eventually.Becomes("some were removed", () => Returned(installation), count => count > 2, Long);
        }

        await using var owner = await PackHost.Start(installation);
        await Eventually.Becomes("all are handled", () => owner.Counter("a"), count => count == 30, Long);
        owner.Complaints.Count(line => line.Contains("A policy of the broker drops messages of bumps", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task The_senders_message_TTL_is_kept()
    {
        SkipWithoutServers();
        await using var installation = await Owned([]);
        await using (await PackHost.Start(installation, "Consumers=false"))
        {
            await Publish(installation, "late", expiration: "100");
            await Eventually.Becomes("the message is gone", () => Messages(installation), count => count == 0, Long);
        }

        await using var owner = await PackHost.Start(installation);
        await owner.Bump("a", 1);
        await owner.Counts("a", 1);
        (await owner.Counter("late")).ShouldBe(0);
    }

    [Fact]
    public async Task A_message_TTL_hides_no_delivery_limit()
    {
        SkipWithoutServers();
        await using var installation = await Owned(new() { ["delivery-limit"] = 1 });
        await using (await PackHost.Start(installation, "Consumers=false"))
        {
            await Publish(installation, "wanted", expiration: "600000");
            for (var kill = 0; kill < 6; kill++)
                await Kill(installation, "bumps");
        }

        await using var owner = await PackHost.Start(installation);
        await owner.Counts("wanted", 1);
    }

    [Fact]
    public async Task A_queue_with_other_arguments_is_logged_once_and_recovers()
    {
        SkipWithoutServers();
        await using var installation = await Mode.Servers.Fresh("pack");
        await installation.Manage(HttpMethod.Put, "queues", "bumps", new { durable = true });
        await using var host = await PackHost.Make(installation);
        host.App.UseServiceDefaults();
        await host.App.StartAsync();
        await Eventually.Holds("it is logged", () => Logged(host) == 1);
        await installation.Manage(HttpMethod.Delete, "queues", "bumps");
        await host.Bump("a", 3);
        await Eventually.Becomes("it is handled", () => host.Counter("a"), count => count == 3, Long);
        Logged(host).ShouldBe(1);
    }

    /// <param name="installation">The owner of the queue.</param>
    /// <param name="name">The name of the counter.</param>
    /// <param name="expiration">The sender's message TTL in milliseconds.</param>
    static async Task Publish(Installation installation, string name, string expiration) =>
        await installation.Manage(HttpMethod.Post, "exchanges", "amq.default/publish", new
        {
            routing_key = "bumps",
            payload = RawMessage.Envelope("Bump", new { name }, Guid.CreateVersion7()),
            payload_encoding = "string",
            properties = new { content_type = "application/vnd.masstransit+json", expiration, delivery_mode = 2 },
        });

    static int Logged(PackHost host) => host.Complaints.Count(line => line.Contains("The queue bumps exists with other arguments", StringComparison.Ordinal));

    static void SkipWithoutServers() => Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "The bus in memory has no policies.");

    /// <summary>An installation with its queues, created by a host that has stopped, and a policy.</summary>
    static async Task<Installation> Owned(Dictionary<string, object> policy, string queues = ".*")
    {
        var installation = await Mode.Servers.Fresh("pack");
        if (policy.Count > 0)
            await installation.Manage(HttpMethod.Put, "policies", "limits",
                new Dictionary<string, object> { ["pattern"] = queues, ["definition"] = policy, ["apply-to"] = "queues" });
        await using var owner = await PackHost.Start(installation);
        return installation;
    }

    static async Task<int> Messages(Installation installation)
    {
        var queues = (await installation.Manage(HttpMethod.Get, "queues", ""))!.AsArray();
        return queues.Sum(queue => (int?)queue!["messages"] ?? 1);
    }

    /// <summary>The number of messages that the helper queue has delivered so far.</summary>
    static async Task<int> Returned(Installation installation)
    {
        var queue = await installation.Manage(HttpMethod.Get, "queues", "ordersaga.returned");
        return (int?)queue!["message_stats"]?["deliver_get"] ?? 0;
    }

    /// <summary>A consumer takes every delivery, and its connection is cut.</summary>
    static async Task Kill(Installation installation, string queue)
    {
        var factory = new ConnectionFactory { Uri = new Uri(installation.Settings()["Transport:Url"]!), AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var taken = new TaskCompletionSource();
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, _) => Task.FromResult(taken.TrySetResult());
        await channel.BasicQosAsync(0, 256, false);
        await channel.BasicConsumeAsync(queue, false, consumer);
        await taken.Task.WaitAsync(Long);
        await connection.AbortAsync();
    }
}
