using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>A message that cannot be handled affects no other, is stored whole, and an operator can replay it.</summary>
public sealed class PoisonTests
{
    const int Huge = 5 * 1024 * 1024;
    static readonly (string Queue, string Type)[] Queues = [("bumps", "Bump"), ("echoes", "Bumped"), ("tallies", "Tally")];

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Poison_of_every_kind_is_stored_and_can_be_replayed(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using (var host = await PackHost.Start(installation))
        {
            await Poison(host, good: 10);
            await host.Counts("a", 30);
            await host.Counts("echo-a", 30);
            await Eventually.Becomes("12 failures",
                async () => string.Join('\n', await host.Db(db => db.FailedMessages.Select(row => row.Endpoint + " " + row.Cause).ToListAsync())),
                causes => causes.Split('\n').Length == 12);
            using var http = host.Operator();
            await Shown(http);
        }

        await using var repaired = await PackHost.Start(installation, "News=true", $"Limits:MaxMessageBytes={2 * Huge}");
        repaired.Remedy.Fixed = true;
        using var later = repaired.Operator();
        var failed = await repaired.Db(db => db.FailedMessages.Select(row => row.Id).ToListAsync());
        foreach (var id in failed.Concat(failed))
            (await later.PostAsync($"/failed-messages/{id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await WaitUntilFixed(repaired);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Poison_in_an_envelope_is_stored_and_replayed_alone(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        await host.Unit.Run(async work =>
        {
            foreach (var name in (string[])["a", "poison", "b"])
                await work.Send("bumps", new Bump(name));
            await work.Send("bumps", new TallyDone(Guid.CreateVersion7(), 1));
        });
        await host.Counts("a", 1);
        await host.Counts("b", 1);
        var causes = await Eventually.Becomes("two failures",
            async () => string.Join('\n', await host.Db(db => db.FailedMessages.Select(row => row.MessageType + " " + row.Cause).ToListAsync())),
            causes => causes.Contains('\n', StringComparison.Ordinal));
        causes.ShouldContain(":Bump InvalidOperationException: this message is poison");
        causes.ShouldContain(":TallyDone UnknownMessageType");

        host.Remedy.Fixed = true;
        using var http = host.Operator();
        var kept = await host.Db(db => db.FailedMessages.SingleAsync(row => row.Cause.Contains("poison")));
        Unpacked.Of(System.Text.Encoding.UTF8.GetString(kept.Body)).Select(one => (one.Type, (string?)one.Message["name"])).ShouldBe([("Bump", "poison")]);
        for (var time = 0; time < 2; time++)
            (await http.PostAsync($"/failed-messages/{kept.Id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.Db(db => db.Audit.Where(row => row.Subject == $"message {kept.Id}").OrderBy(row => row.Id).ToListAsync()))
            .Select(row => $"{row.SubjectId} {row.From}>{row.To} by {row.Cause}")
            .ShouldBe(((string[])[">replayed", "replayed>replayed"]).Select(change => $"{kept.CorrelationId ?? kept.Id} {change} by operator operator"));
        await host.Counts("echo-poison", 1);
        (await host.Counter("poison")).ShouldBe(1);
        (await host.Counter("a")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_refused_message_costs_its_batch_no_second_run(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        await host.Unit.Run(async work =>
        {
            foreach (var name in Enumerable.Repeat("a", 20).Append("refused").Concat(Enumerable.Repeat("b", 20)))
                await work.Send("bumps", new Bump(name));
        });
        await host.Counts("a", 20);
        await host.Counts("b", 20);
        var failed = await Eventually.Becomes("it is stored", () => host.Db(db => db.FailedMessages.ToListAsync()), all => all.Count == 1);
        failed[0].Cause.ShouldBe("Refusal: refused is refused");
        host.Remedy.Runs.ShouldBe(41);

        host.Remedy.Fixed = true;
        using var http = host.Operator();
        (await http.PostAsync($"/failed-messages/{failed[0].Id}/replay", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.Counts("refused", 1);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_duplicate_that_would_be_refused_is_skipped(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        using var duplicates = new Metric("ordersaga.inbox.duplicates", "bumps");
        var bump = RawMessage.Of("Bump", new { name = "once" }, Guid.CreateVersion7());
        await host.SendRaw("bumps", bump);
        await host.Counts("once", 1);
        await host.SendRaw("bumps", bump);
        await Eventually.Holds("it is skipped", () => duplicates.Sum > 0);
        await host.SendRaw("bumps", RawMessage.Of("Bump", new { name = "once" }, Guid.CreateVersion7()));
        await Eventually.Becomes("the other one is stored", () => host.Db(db => db.FailedMessages.CountAsync()), count => count == 1);
        (await host.Counter("once")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_false_envelope_is_stored_whole(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        var bodies = new[] { "{ bad", "[]", "{}", """{"messages":[{"id":"no"}]}""", """{"messages":[7]}""" };
        foreach (var body in bodies)
            await host.SendRaw("bumps", new RawMessage(body, Guid.CreateVersion7(), "application/vnd.ordersaga.envelope+json"));
        await host.Bump("a", 3);
        await host.Counts("a", 3);
        await Eventually.Becomes("all are stored", () => host.Db(db => db.FailedMessages.CountAsync()), count => count == bodies.Length);
        (await host.Db(db => db.FailedMessages.Select(row => row.Body).ToListAsync())).Select(System.Text.Encoding.UTF8.GetString)
            .Order().ShouldBe(bodies.Order());
    }

    /// <summary>By default the client closes its connection on it, again and again: no message of any queue would be handled.</summary>
    [Fact]
    public async Task A_message_of_65_MiB_is_stored_as_failed()
    {
        Assert.SkipUnless(Mode.RabbitMq is not null && Mode.Postgres is not null, "The bus in memory has no frames.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await using var host = await PackHost.Start(installation);
        await host.SendRaw("bumps", new RawMessage(new string('x', 65 * 1024 * 1024), Guid.CreateVersion7()));
        await host.Bump("a", 1);
        await host.Counts("a", 1);
        await Eventually.Becomes("it is stored", () => host.Db(db => db.FailedMessages.Select(row => row.Cause).ToListAsync()), causes => causes.Count == 1);
        (await host.Db(db => db.FailedMessages.Select(row => row.Cause).SingleAsync())).ShouldStartWith("MessageTooLarge");
    }

    /// <summary>Bad JSON, an unknown type, a huge body and a handler that throws, each among valid messages.</summary>
    static async Task Poison(PackHost host, int good)
    {
        foreach (var (queue, type) in Queues)
        {
            await host.Bump("a", good);
            await host.SendRaw(queue, new RawMessage("{ bad", Guid.CreateVersion7()));
            await host.SendRaw(queue, RawMessage.Of("News", new { name = queue }, Guid.CreateVersion7()));
            var huge = new { id = Guid.CreateVersion7(), name = "huge", limit = 9, filler = new string('x', Huge) };
            await host.SendRaw(queue, RawMessage.Of(type, huge, Guid.CreateVersion7()));
            await host.SendRaw(queue, RawMessage.Of(type, new { id = Guid.CreateVersion7(), name = "poison", limit = 9 }, Guid.CreateVersion7()));
        }
    }

    static async Task Shown(HttpClient http)
    {
        var items = new List<JsonNode>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await http.GetFromJsonAsync<JsonNode>($"/failed-messages?limit=5{(cursor.Length > 0 ? "&cursor=" + cursor : "")}"))!;
            items.AddRange(page["items"]!.AsArray()!);
            cursor = (string?)page["nextCursor"];
        }

        items.Select(item => (string)item["id"]!).Distinct().Count().ShouldBe(12);
        items.ShouldAllBe(item => (string)item["database"]! == "pack" && ((string)item["cause"]!).Length > 0);
        items.Count(item => ((string)item["cause"]!).Contains("this message is poison", StringComparison.Ordinal)).ShouldBe(3);
        items.Count(item => ((string)item["cause"]!).StartsWith("MessageTooLarge", StringComparison.Ordinal)).ShouldBe(3);
        items.Count(item => ((string)item["cause"]!).StartsWith("UnknownMessageType", StringComparison.Ordinal)).ShouldBe(3);

        var thrower = items.First(item => ((string)item["cause"]!).Contains("this message is poison", StringComparison.Ordinal));
        var whole = (await http.GetFromJsonAsync<JsonNode>($"/failed-messages/{thrower["id"]}"))!;
        ((string)whole["bodyText"]!).ShouldContain("poison");
        ((string)whole["detail"]!).ShouldContain("InvalidOperationException");
        (await http.GetAsync($"/failed-messages/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await http.GetAsync("/failed-messages?limit=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await http.GetAsync("/failed-messages?cursor=no")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>Each took effect once although it was replayed twice; bad JSON stays bad and is stored again.</summary>
    static async Task WaitUntilFixed(PackHost host)
    {
        foreach (var name in (string[])["huge", "poison", "news-bumps", "news-echoes", "news-tallies"])
            await host.Counts(name, 1);
        // From the bump that finally took effect, and from the echo that was itself poison.
        await host.Counts("echo-poison", 2);
        await host.Counts("echo-huge", 2);
        await Eventually.Becomes("the two tallies", () => host.Db(db => db.Tallies.CountAsync()), count => count == 2);
        await Eventually.Becomes("bad JSON is stored again",
            () => host.Db(db => db.FailedMessages.CountAsync(row => row.ReplayedAt == null)), count => count >= 3);
        (await host.Db(db => db.FailedMessages.Where(row => row.ReplayedAt == null).Select(row => row.Cause).ToListAsync()))
            .ShouldAllBe(cause => cause.Contains("Json", StringComparison.OrdinalIgnoreCase));
    }
}
