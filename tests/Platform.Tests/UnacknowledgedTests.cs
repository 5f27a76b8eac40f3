using System.Collections.Concurrent;
using System.Diagnostics;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Tests;

/// <summary>Deliveries that cannot be acknowledged yet, and what the broker does about that.</summary>
public sealed class UnacknowledgedTests
{
    /// <summary>
    /// RabbitMQ closes the channel of a delivery that is not acknowledged within consumer_timeout, half an hour by default. It does the same at once
    /// when an acknowledgement is wrong.
    /// </summary>
    [Fact]
    public async Task A_channel_closed_during_an_outage_is_reopened()
    {
        await using var installation = await Servers();
        await using var host = await PackHost.Start(installation);
        var channels = new Channels();
        host.App.Services.GetRequiredService<IBus>().ConnectReceiveObserver(channels);
        await host.Db(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE counters RENAME TO missing"));
        await host.Bump("a", 20);
        await Eventually.Holds("deliveries wait", () => Logged(host, "is unavailable") > 0);

        await channels.Break();
        await host.Db(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE missing RENAME TO counters"));

        await host.Counts("echo-a", 20);
        await host.Bump("b", 1);
        await host.Counts("echo-b", 1);
        await Eventually.Becomes("every delivery is acknowledged", () => Left(installation), left => left == 0, TimeSpan.FromSeconds(60));
        (await host.Counter("a")).ShouldBe(20);
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(0);
    }

    /// <summary>A rule of the database's owner refuses the row: the broker gives the delivery back at once, each time.</summary>
    [Fact]
    public async Task A_message_that_cannot_be_stored_returns_after_a_pause()
    {
        await using var installation = await Servers();
        await using var host = await PackHost.Start(installation);
        await host.Db(db => db.Database.ExecuteSqlRawAsync("""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON failed_messages FOR EACH ROW EXECUTE FUNCTION refuse();
            """));
        var watch = Stopwatch.StartNew();
        await host.SendRaw("bumps", new RawMessage("{ bad", Guid.CreateVersion7()));

        await Eventually.Holds("it has come three times", () => Logged(host, "returns to its queue") >= 3);
        watch.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(2.9), "pauses of one and two seconds");
        Logged(host, "stored as").ShouldBe(0);

        await host.Db(db => db.Database.ExecuteSqlRawAsync("DROP TRIGGER refuse ON failed_messages"));
        await Eventually.Becomes("it is stored", () => host.Db(db => db.FailedMessages.CountAsync()), count => count == 1);
    }

    static int Logged(PackHost host, string words) => host.Complaints.Count(line => line.Contains(words, StringComparison.Ordinal));

    static async Task<Installation> Servers()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "The bus in memory has no channels.");
        return await Mode.Servers.Fresh("pack");
    }

    static async Task<int> Left(Installation installation) =>
        (await installation.Manage(HttpMethod.Get, "queues", ""))!.AsArray().Sum(queue => (int?)queue!["messages"] ?? 1);

    /// <summary>The channels by which deliveries have come.</summary>
    sealed class Channels : IReceiveObserver
    {
        readonly ConcurrentDictionary<ChannelContext, bool> seen = new();

        /// <summary>The broker closes each of them with 406.</summary>
        public async Task Break()
        {
            seen.ShouldNotBeEmpty();
            foreach (var channel in seen.Keys.Select(context => context.Channel))
            {
                await channel.BasicAckAsync(1_000_000, multiple: false);
                await Eventually.Holds("it is closed", () => channel.CloseReason?.ReplyCode == 406);
            }
        }

        public Task PreReceive(ReceiveContext context)
        {
            if (context.TryGetPayload<ChannelContext>(out var channel))
                seen[channel] = true;
            return Task.CompletedTask;
        }

        public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
            where T : class => Task.CompletedTask;

        public Task ReceiveFault(ReceiveContext context, Exception exception) => Task.CompletedTask;
    }
}
