using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>Every malformed message is stored once and does not loop between broker and service.</summary>
public sealed class MalformedEnvelopeTests
{
    const string Envelope = "application/vnd.ordersaga.envelope+json";
    const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    public static TheoryData<Mode, string, string> Malformed()
    {
        var data = new TheoryData<Mode, string, string>();
        foreach (var mode in Mode.All().Select(row => (Mode)row[0]))
        {
            data.Add(mode, "a type with a NUL", Inside("urn:message:X\\u0000"));
            data.Add(mode, "half a character in the type", Inside("urn:message:X\\ud83d"));
            data.Add(mode, "an emoji where the type is cut", Inside("urn:message:" + new string('x', 487) + "\U0001f600"));
            data.Add(mode, "a type of 100,000 letters", Inside(new string('x', 100_000)));
            data.Add(mode, "no type, but a trace", """{"messages":[{"id":"ID","type":null,"trace":"TRACE","message":{}}]}""");
            data.Add(mode, "an empty type, and a trace that is none", """{"messages":[{"id":"ID","type":"","trace":"-","message":{}}]}""");
            data.Add(mode, "a trace that is a number", """{"messages":[{"id":"ID","type":"urn:message:X","trace":7,"message":{}}]}""");
            data.Add(mode, "a message that is null", """{"messages":[{"id":"ID","type":"urn:message:Pack:Bump","message":null}]}""");
        }

        return data;

        static string Inside(string type) => $$$"""{"messages":[{"id":"ID","type":"{{{type}}}","message":{"name":"odd"}}]}""";
    }

    [Theory, MemberData(nameof(Malformed))]
    public async Task A_malformed_envelope_is_stored_once(Mode mode, string what, string body)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        var id = Guid.CreateVersion7();
        await host.SendRaw("bumps", new RawMessage(Whole(body, id), id, Envelope));
        await KeptOnce(host, what);
    }

    static string Whole(string body, Guid id) =>
        body.Replace("ID", id.ToString(), StringComparison.Ordinal).Replace("TRACE", Trace, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Headers_that_repeat_a_property_are_merged(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        await host.SendRaw("bumps", new RawMessage("{ bad", Guid.CreateVersion7())
        {
            Headers = new Dictionary<string, string> { ["MessageId"] = "x", ["CorrelationId"] = "y", ["Odd"] = "a\0b\ud83d", ["Content-Type"] = "z" },
        });
        await KeptOnce(host, "headers");
        if (mode.Transport == "RabbitMq")
            (await host.Db(db => db.FailedMessages.SingleAsync())).Headers.ShouldContain(", x");
    }

    /// <summary>Senders choose their ids: one must not make another's message disappear.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Two_bad_messages_with_one_id_are_both_stored(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        var id = Guid.CreateVersion7();
        foreach (var (body, stored) in new[] { ("{ bad", 1), ("{ worse", 2), ("{ bad", 2) })
        {
            await host.SendRaw("bumps", new RawMessage(body, id));
            await Eventually.Becomes($"{body} is stored", () => host.Db(db => db.FailedMessages.CountAsync()), count => count == stored);
        }

        await host.Bump("good", 1);
        await host.Counts("good", 1);
        (await host.Db(db => db.FailedMessages.CountAsync())).ShouldBe(2);
    }

    /// <summary>A valid message behind it on the same queue is handled meanwhile; nothing has returned to the queue.</summary>
    static async Task KeptOnce(PackHost host, string what)
    {
        await Eventually.Becomes($"{what}: kept", () => host.Db(db => db.FailedMessages.CountAsync()), count => count == 1);
        await host.Bump("good", 1);
        await host.Counts("good", 1);
        var failed = await host.Db(db => db.FailedMessages.SingleAsync());
        failed.Cause.ShouldNotContain("PostgresException", customMessage: $"{what}: it must be stored with its own cause, not with a second failure");
        host.Complaints.ShouldNotContain(line => line.Contains("returns to its queue", StringComparison.Ordinal), what);
        host.Complaints.Count(line => line.Contains("stored as", StringComparison.Ordinal)).ShouldBe(1, what);
    }
}
