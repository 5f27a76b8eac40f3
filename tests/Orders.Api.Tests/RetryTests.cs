using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>Queries to participants: they end with the time of their request, and are repeated at a second address within a budget.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    const string NeverBreaks = "--Participants:BreakerMinimumThroughput=10000";

    Installation installation = null!;
    ParticipantStandIn first = null!;
    ParticipantStandIn second = null!;
    string key = null!;

    [Fact]
    public async Task A_participant_gets_what_is_left_of_the_time()
    {
        await using var host = await Start(first.Url, NeverBreaks);
        var (merchant, id) = await Order(host);
        await merchant.Get($"/orders/{id}/timeline");
        int.Parse(first.Taken.Last().Header(Deadline.Header)).ShouldBe(1000, "its own timeout");
        await merchant.Get($"/orders/{id}/timeline", (Deadline.Header, "800"));
        int.Parse(first.Taken.Last().Header(Deadline.Header)).ShouldBeInRange(5, 755);
    }

    [Fact]
    public async Task A_hanging_participant_is_a_gap_within_the_deadline()
    {
        await using var host = await Start(first.Url, NeverBreaks, "--Participants:TimeoutMilliseconds=30000");
        var (merchant, id) = await Order(host);
        first.Says = ParticipantStandIn.Hangs;
        var watch = Stopwatch.StartNew();
        var timeline = (await merchant.Get($"/orders/{id}/timeline", (Deadline.Header, "1500"))).ShouldBe(200).Json;
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        StockGap(timeline).ShouldBe("no answer within the time of the request");
        timeline["items"]!.AsArray().ShouldHaveSingleItem();
    }

    /// <summary>A caller in need of an answer at once must not cut others off from the participant.</summary>
    [Fact]
    public async Task Short_deadlines_do_not_open_the_breaker()
    {
        await using var host = await Start(first.Url, "--Participants:BreakerMinimumThroughput=2");
        var (merchant, id) = await Order(host);
        first.Says = ParticipantStandIn.Hangs;
        for (var i = 0; i < 10; i++)
            (await merchant.Get($"/orders/{id}/timeline", (Deadline.Header, "200"))).Status.ShouldBeOneOf(200, 504);
        first.Says = (_, order) => Task.FromResult(Results.Json(new AuditHistory(order, [], true)));
        StockGap((await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json).ShouldBeNull();
    }

    [Fact]
    public async Task Retries_of_a_hanging_participant_stay_within_the_budget()
    {
        await using var host = await Start($"{first.Url}, {second.Url}", NeverBreaks);
        var (merchant, id) = await Order(host);
        first.Says = ParticipantStandIn.Hangs;
        var timelines = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => merchant.Get($"/orders/{id}/timeline")));
        var whole = timelines.Count(timeline => StockGap(timeline.ShouldBe(200).Json) is null);
        second.RequestCount.ShouldBeInRange(1, 10);
        whole.ShouldBeLessThanOrEqualTo(second.RequestCount);
    }

    [Fact]
    public async Task An_address_with_an_open_breaker_is_skipped()
    {
        await using var host = await Start($"{first.Url},{second.Url}", "--Participants:BreakerMinimumThroughput=4", "--Participants:BreakerOpenSeconds=60");
        var (merchant, id) = await Order(host);
        first.Says = (_, _) => Task.FromResult(Results.StatusCode(500));
        await Eventually.Holds("the second address answers without a retry", async () =>
        {
            var before = first.RequestCount;
            var gap = StockGap((await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json);
            return gap is null && first.RequestCount == before;
        });
    }

    [Fact]
    public async Task A_refused_query_is_not_repeated()
    {
        await using var host = await Start($"{first.Url},{second.Url}", NeverBreaks);
        var (merchant, id) = await Order(host);
        first.Says = (_, _) => Task.FromResult(Results.StatusCode(403));
        for (var i = 0; i < 20; i++)
            StockGap((await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json).ShouldBe("answered 403");
        second.RequestCount.ShouldBe(0);
    }

    public async ValueTask InitializeAsync()
    {
        installation = await Mode.Embedded.Fresh("orders");
        (first, second) = (await ParticipantStandIn.Start(), await ParticipantStandIn.Start());
        key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders, Roles.Catalogue);
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        await installation.DisposeAsync();
    }

    Task<ApiHost> Start(string urls, params string[] settings) => ApiHost.Start(installation, false,
        [$"--Participants:StockUrl={urls}", "--Participants:Key=the service's own", "--Rates:Query:KeyPerSecond=100000", .. settings]);

    /// <summary>Placed, and shown once: a first call may take longer than a timeout.</summary>
    async Task<(Caller Merchant, Guid Id)> Order(ApiHost host)
    {
        var merchant = new Caller(host, "m", key);
        await merchant.Price("tea-001", 1250);
        var id = await merchant.Placed();
        await Eventually.Holds("the participant has answered", async () => StockGap((await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json) is null);
        return (merchant, id);
    }

    static string? StockGap(JsonNode timeline) =>
        (string?)timeline["gaps"]!.AsArray().SingleOrDefault(gap => (string)gap!["source"]! == "stock")?["reason"];
}
