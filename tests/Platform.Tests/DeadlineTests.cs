using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>What is left of a request's time travels along a chain of calls and into statements; then the work ends.</summary>
public sealed class DeadlineTests
{
    /// <summary>The best of some tries: the machine may be busy.</summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_chain_answers_in_time_and_its_work_ends(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var last = await ChainHost.Start(installation);
        await using var middle = await ChainHost.Start(installation, last);
        await using var first = await ChainHost.Start(installation, middle);
        await Eventually.Holds("a first call reaches the last service", async () =>
        {
            using var slow = await first.Get("/chain", "1000");
            return !last.Begun.IsEmpty;
        });
        var times = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var watch = Stopwatch.StartNew();
            using var response = await first.Get("/chain", "300");
            times.Add(watch.Elapsed);
            response.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
            await Eventually.Holds("the last service's work ends", () => last.Ended == last.Begun.Count, TimeSpan.FromSeconds(5));
        }

        times.Min().ShouldBeLessThan(TimeSpan.FromMilliseconds(320));
        int.Parse(middle.Begun.Last()).ShouldBeLessThan(300);
        int.Parse(last.Begun.Last()).ShouldBeLessThan(int.Parse(middle.Begun.Last()));
        if (mode.Database == "PostgreSql")
            (await Sleeping(last)).ShouldBe(0);
    }

    [Fact]
    public async Task Work_without_time_does_not_begin()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var last = await ChainHost.Start(installation);
        await using var first = await ChainHost.Start(installation, last);
        foreach (var deadline in (string[])["1", "2", "3", "4"])
            await ShouldBe(await first.Get("/chain", deadline), 504, "deadline");
        first.Begun.ShouldBeEmpty();

        // Enough to begin, and too little for another call.
        await Eventually.Holds("it ends before the call", async () =>
            (await first.Get("/chain", "9")).StatusCode == HttpStatusCode.GatewayTimeout && !first.Begun.IsEmpty);
        last.Begun.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("10s")]
    [InlineData("")]
    [InlineData("5, 6")]
    [InlineData("99999999999999999999")]
    public async Task An_invalid_deadline_is_refused(string deadline)
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await ChainHost.Start(installation);
        await ShouldBe(await host.Get("/chain", deadline), 400, "invalid-deadline");
        host.Begun.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_shorter_of_setting_and_header_counts()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await ChainHost.Start(installation, null, "Http:DeadlineSeconds=1");
        using var bySetting = new Metric("ordersaga.requests.deadline", "setting", "limit");
        using var byCaller = new Metric("ordersaga.requests.deadline", "caller", "limit");
        foreach (var header in (string[][])[[], ["60000"], ["9999999999"], ["100"]])
        {
            using var response = await host.Get("/chain", header);
            (await ShouldBe(response, 504, "deadline"))["detail"]!.GetValue<string>().ShouldStartWith(header is ["100"] ? "The 100 ms" : "The 1000 ms");
        }

        (bySetting.Sum, byCaller.Sum).ShouldBe((3, 1));
    }

    [Fact]
    public async Task An_endpoint_without_a_deadline_ignores_the_header()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await ChainHost.Start(installation);
        foreach (var header in (string[][])[[], ["1"], ["nonsense"]])
            (await (await host.Get("/stream", header)).Content.ReadAsStringAsync()).ShouldBe("false");
    }

    [Fact]
    public async Task A_response_that_begins_late_is_complete()
    {
        await using var installation = await Mode.Embedded.Fresh("pack");
        await using var host = await ChainHost.Start(installation);
        using var response = await host.Get("/late", "50");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray().Count.ShouldBe(100_000);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_commit_after_the_deadline_is_answered(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await ChainHost.Start(installation);
        using var response = await host.Get("/commits", "4000");
        (response.StatusCode, await response.Content.ReadAsStringAsync()).ShouldBe((HttpStatusCode.OK, "1"));
        (await host.Read(db => db.Counters.Where(row => row.Name == "commits").Select(row => row.Value).SingleAsync())).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_transaction_ended_by_its_deadline_changes_nothing(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await ChainHost.Start(installation);
        foreach (var path in (string[])["/gives-up", "/commits-too-late"])
            await ShouldBe(await host.Get(path, "2000"), 504, "deadline");
        (await host.Read(db => db.Counters.CountAsync())).ShouldBe(0);
    }

    static async Task<JsonNode> ShouldBe(HttpResponseMessage response, int status, string problem)
    {
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        ((int)response.StatusCode, (string)body["type"]!).ShouldBe((status, "https://ordersaga.dev/problems/" + problem));
        return body;
    }

    /// <summary>Statements that still run at the server.</summary>
    static Task<int> Sleeping(ChainHost host) => host.Read(db => db.Database.SqlQueryRaw<int>(
        "SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(60)%' "
        + "AND pid <> pg_backend_pid()").SingleAsync());
}
