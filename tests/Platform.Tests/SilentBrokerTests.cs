using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Outbox;

namespace Platform.Tests;

/// <summary>A broker, or one of its destinations, that is connected and confirms nothing.</summary>
public sealed class SilentBrokerTests
{
    /// <summary>As during a memory or disk alarm.</summary>
    [Fact]
    public async Task A_broker_that_confirms_nothing_is_degraded()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await Start(installation, "Limits:MaxSendAttempts=1");
        using var http = host.Operator();
        var transport = Transport(host);
        await Eventually.Holds("ready", async () => await Ready(http) == "ready");
        transport.StopConfirming(ControllableTransport.Everything);
        await host.Bump("a", 5);
        await Eventually.Holds("degraded", async () => await Ready(http) == "degraded");
        (await host.Db(db => db.Outbox.AllAsync(row => row.Attempts == 0 && row.ParkedAt == null))).ShouldBeTrue();

        transport.Confirm();
        await host.Counts("echo-a", 5);
        await host.Drained();
        await Eventually.Holds("ready again", async () => await Ready(http) == "ready");
        host.Complaints.Count(line => line.Contains("in a memory or disk alarm", StringComparison.Ordinal)).ShouldBe(1);
    }

    /// <summary>
    /// The broker returns while rows wait that it never received: only rows that were sent without a confirm may count an attempt.
    /// </summary>
    [Fact]
    public async Task Unsent_rows_are_not_marked_as_failed()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await Start(installation, "Limits:MaxSendAttempts=1", "Limits:MaxOutstandingConfirms=1");
        var transport = Transport(host);
        transport.StopConfirming(ControllableTransport.Everything);
        for (var i = 0; i < 10; i++)
            await host.Bump("a", 1);
        var broker = host.App.Services.GetRequiredService<BrokerState>();
        await Eventually.Holds("the broker is unavailable, and nothing is sent", () => !broker.IsAvailable && transport.Pending == 0);
        transport.Confirm();
        Task<int> Parked() => host.Db(db => db.Outbox.CountAsync(row => row.ParkedAt != null));
        await Eventually.Holds("each is handled or parked", async () => await host.Counter("a") + await Parked() == 10);
        // One second each, until the probe that the first of them started has failed.
        (await Parked()).ShouldBeLessThanOrEqualTo(4);
    }

    [Fact]
    public async Task A_silent_destination_holds_a_bounded_number_of_rows()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await Start(installation, "Limits:MaxOutstandingConfirms=2");
        var transport = Transport(host);
        transport.StopConfirming("nowhere");
        await Send(host, 2);
        await Eventually.Becomes("it is blocked", () => host.Db(db => db.Outbox.CountAsync(row => row.Attempts > 0)), count => count == 2);
        await Send(host, 20);
        await Eventually.Becomes("the others are in the outbox only",
            () => host.Db(db => db.Outbox.CountAsync(row => row.Attempts == 0 && row.LastError != null)), count => count >= 18);
        transport.Pending.ShouldBeLessThanOrEqualTo(2);
        await host.Bump("a", 1);
        await host.Counts("echo-a", 1);
        transport.Confirm();
        await host.Drained();
    }

    /// <summary>No database can store all of the text; the row must still be parked.</summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_refusal_with_invalid_characters_is_stored(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await Start(installation, "Limits:MaxSendAttempts=1");
        Transport(host).Refusal = new InvalidOperationException("no\0such\r\nqueue \ud83c" + new string('x', 2000));
        await Send(host, 1);
        var parked = await Eventually.Becomes("it is parked", () => host.Db(db => db.Outbox.SingleAsync()), row => row.ParkedAt is not null);
        parked.LastError!.ShouldStartWith("no such queue \ufffdx");
        parked.LastError!.Length.ShouldBe(1000);
    }

    static Task<PackHost> Start(Installation installation, params string[] settings) =>
        PackHost.Start(installation, services => new ControllableTransport(services), settings);

    static ControllableTransport Transport(PackHost host) => (ControllableTransport)host.App.Services.GetRequiredService<IMessageTransport>();

    static async Task Send(PackHost host, int rows)
    {
        for (var i = 0; i < rows; i++)
            await host.Unit.Run(work => work.Send("nowhere", new Bump("x")));
    }

    static async Task<string> Ready(HttpClient http)
    {
        using var answer = await http.GetAsync("/health/ready");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!;
    }
}
