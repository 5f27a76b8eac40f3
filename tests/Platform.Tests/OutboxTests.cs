using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Outbox;

namespace Platform.Tests;

/// <summary>Outbox rows that cannot be sent now, or never, or that another process sends.</summary>
public sealed class OutboxTests
{
    static readonly DateTime LongAgo = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task An_unsendable_row_is_parked_and_can_be_replayed(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation, "Limits:MaxSendAttempts=2");
        var row = Row("nonsense:nowhere", "a");
        await Insert(host, row);
        await host.Bump("behind", 20);
        await host.Counts("behind", 20);
        using var http = host.Operator();
        var parked = await Eventually.Becomes("a parked row",
            async () => (await http.GetFromJsonAsync<JsonNode>("/outbox/parked"))!["items"]!.AsArray(), rows => rows.Count == 1);
        ((string)parked[0]!["id"]!).ShouldBe(row.Id.ToString());
        ((int)parked[0]!["attempts"]!).ShouldBe(2);
        ((string)parked[0]!["cause"]!).ShouldNotBeEmpty();

        await host.Db(db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(x => x.Destination, "exchange:bumps")));
        (await http.PostAsync($"/outbox/parked/{row.Id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await host.Counts("a", 1);
        await host.Drained();
        (await http.PostAsync($"/outbox/parked/{row.Id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>As after the clock is set back by one hour.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_row_delayed_by_a_fast_clock_is_sent(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation, "Limits:BacklogSampleIntervalSeconds=1");
        var row = Row("exchange:bumps", "a");
        row.NextAttemptAt = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        await Insert(host, row);
        await host.Counts("a", 1);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Two_sweepers_send_no_row_twice(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        using var duplicates = new Metric("ordersaga.inbox.duplicates", "bumps");
        await using var one = await PackHost.Start(installation, "Limits:SweepPageSize=7");
        await using var two = await PackHost.Start(installation, "Limits:SweepPageSize=7");
        await Insert(one, [.. Enumerable.Range(0, 200).Select(_ => Row("exchange:bumps", "a"))]);
        await one.Counts("a", 200);
        await one.Drained();
        duplicates.Sum.ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_process_paused_beyond_its_lease_changes_nothing(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        var dialect = Dialect.For(Enum.Parse<DatabaseMode>(mode.Database));
        var row = Row("exchange:bumps", "a");
        var (zombie, heir) = (row.Lease, Guid.CreateVersion7());
        await Insert(host, row);
        await host.Db(db => Execute(db, dialect.ClaimOutbox, ("lease", heir), ("seconds", 60), ("limit", 10)));

        var rows = dialect.Keys([row.Id]);
        await host.Db(db => Execute(db, dialect.DelayOutbox, ("rows", rows), ("lease", zombie), ("seconds", 1),
            ("counted", 1), ("parked", 1), ("error", "late")));
        await host.Db(db => Execute(db, dialect.ClaimOutbox, ("lease", zombie), ("seconds", 60), ("limit", 10)));
        var left = await host.Db(db => db.Outbox.AsNoTracking().SingleAsync());
        (left.Lease, left.Attempts, left.ParkedAt, left.LastError).ShouldBe((heir, 0, null, null));
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Rows_committed_before_the_bus_starts_are_sent_later(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        await host.Bump("a", 20);
        (await host.Waiting()).ShouldBe(20);
        await host.App.StartAsync();
        await host.Counts("echo-a", 20);
        await host.Drained();
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_broker_outage_is_not_counted_against_outbox_rows(Mode mode)
    {
        Assert.SkipUnless(mode.Transport == "RabbitMq", "The in-memory bus is always available.");
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation, "Limits:MaxSendAttempts=1");
        await host.Bump("a", 5);
        await host.Counts("echo-a", 5);
        await installation.ShutBroker();
        await host.Bump("a", 20);
        var broker = host.App.Services.GetRequiredService<BrokerState>();
        await Eventually.Holds("the broker is known to be unavailable", () => !broker.IsAvailable);
        (await host.Db(db => db.Outbox.AllAsync(row => row.Attempts == 0 && row.ParkedAt == null))).ShouldBeTrue();
        await installation.OpenBroker();
        await Eventually.Becomes("all messages are handled", () => host.Counter("echo-a"), value => value == 25, TimeSpan.FromSeconds(60));
        await host.Drained();
    }

    static OutboxRow Row(string destination, string name)
    {
        var id = Guid.CreateVersion7();
        return new OutboxRow
        {
            Id = id, Destination = destination, MessageType = "Bump", ContentType = "application/vnd.masstransit+json",
            Body = RawMessage.Envelope("Bump", new { name }, id), CreatedAt = LongAgo, NextAttemptAt = LongAgo, Lease = Guid.CreateVersion7(),
        };
    }

    static Task<int> Insert(PackHost host, params OutboxRow[] rows) => host.Db(db =>
    {
        db.AddRange(rows.AsEnumerable());
        return db.SaveChangesAsync();
    });

    static async Task<int> Execute(PackDb db, string sql, params (string Name, object Value)[] parameters)
    {
        var command = db.Database.GetDbConnection().CreateCommand();
        return await db.Database.ExecuteSqlRawAsync(sql, parameters.Select(given =>
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ("@" + given.Name, given.Value);
            return (object)parameter;
        }));
    }
}
