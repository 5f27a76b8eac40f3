using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.DeadLetters;
using OrderSaga.Platform.Inbox;

namespace Platform.Tests;

/// <summary>What operators see of failed messages, and the limits of what is kept.</summary>
public sealed class FailedMessageTests
{
    [Theory]
    [InlineData("""{"payment":{"method":"card","token":"tok_1"}}""", """{"payment":{"method":"card","token":"***"}}""")]
    [InlineData("""{"Token" : "4111 1111","a":"b"}""", """{"Token" : "***","a":"b"}""")]
    [InlineData("""{"token":"a\"b","c":"d"}""", """{"token":"***","c":"d"}""")]
    [InlineData("""{"paymentToken":"tok_1" broken""", """{"paymentToken":"***" broken""")]
    [InlineData("""{"token":null,"tokens":"two"}""", """{"token":null,"tokens":"two"}""")]
    public void Tokens_in_a_failed_message_are_masked(string body, string shown)
    {
        FailedMessageView.Of("pack", Failed(Encoding.UTF8.GetBytes(body))).BodyText.ShouldBe(shown);
        byte[] notUtf8 = [0xff, .. Encoding.UTF8.GetBytes(body)];
        Convert.FromBase64String(FailedMessageView.Of("pack", Failed(notUtf8)).BodyBase64!).ShouldBe([0xff, .. Encoding.UTF8.GetBytes(shown)]);
    }

    [Fact]
    public void A_token_within_JSON_text_is_masked() =>
        FailedMessageView.Of("pack", Failed("""{"message":"{\"token\":\"tok_1\"}"}"""u8.ToArray())).BodyText!.ShouldNotContain("tok_1");

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_discarded_message_is_gone_and_audited(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        await host.SendRaw("bumps", new RawMessage("{ bad", Guid.CreateVersion7()));
        var id = (await Eventually.Becomes("it is stored", () => Stored(host, "bumps"), stored => stored.Count == 1))[0];

        using var http = host.Operator();
        (await http.DeleteAsync($"/failed-messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await http.DeleteAsync($"/failed-messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.Db(db => db.Audit.SingleAsync(row => row.Subject == $"message {id}")))
            .ShouldSatisfyAllConditions(row => row.To.ShouldBe("discarded"), row => row.Cause.ShouldBe("operator operator"));
    }

    [Fact]
    public async Task A_full_queue_of_dead_letters_drops_nothing()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "Only a broker takes a delivery back.");
        using var returned = new Metric("ordersaga.messages.failed.returned", "bumps");
        await using var installation = await Mode.Servers.Fresh("pack");
        await using var host = await PackHost.Start(installation, "Limits:MaxFailedMegabytes=1");
        var junk = "{ bad" + new string('x', 600 * 1024);
        for (var i = 0; i < 3; i++)
            await host.SendRaw("bumps", new RawMessage(junk, Guid.CreateVersion7()));
        await Eventually.Holds("two deliveries are returned", () => Task.FromResult(returned.Sum >= 2));
        await Eventually.Becomes("one is stored", () => Stored(host, "bumps"), stored => stored.Count == 1);
        await host.SendRaw("echoes", new RawMessage(junk, Guid.CreateVersion7()));
        await Eventually.Holds("another queue stores its own", async () => (await Stored(host, "echoes")).Count == 1);
        await host.Bump("a", 3);
        await host.Counts("a", 3);

        using var http = host.Operator();
        HashSet<Guid> seen = [];
        while (seen.Count < 3)
        {
            var id = (await Eventually.Becomes(
                "the next one is stored", () => Stored(host, "bumps"), stored => stored.Exists(seen.Add), TimeSpan.FromSeconds(60)))[0];
            (await http.DeleteAsync($"/failed-messages/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }
    }

    static Task<List<Guid>> Stored(PackHost host, string endpoint) =>
        host.Db(db => db.FailedMessages.Where(row => row.Endpoint == endpoint).Select(row => row.Id).ToListAsync());

    static FailedMessage Failed(byte[] body) => new()
    {
        Id = Guid.CreateVersion7(), Endpoint = "bumps", InputAddress = "", MessageType = "", ContentType = "", Body = body, Headers = "{}", Cause = "",
        Detail = "",
    };
}
