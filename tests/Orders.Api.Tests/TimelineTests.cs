using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.History;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

/// <summary>What the participants add to an order's timeline, and what the timeline shows if they do not respond.</summary>
public sealed class TimelineTests : IAsyncLifetime
{
    Installation installation = null!;
    ParticipantStandIn stock = null!;
    ParticipantStandIn payment = null!;
    ParticipantStandIn cases = null!;
    ApiHost host = null!;
    Caller merchant = null!;

    [Fact]
    public async Task Timeline_items_are_merged_by_time()
    {
        var id = await merchant.Placed();
        var placedAt = await host.Read(db => db.Orders.Where(order => order.CorrelationId == id).Select(order => order.CreatedAt).SingleAsync());
        Tells(stock, new HistoryItem(placedAt.AddSeconds(2), "stock", "stock branch", null, "Tried", "TryReserveStock", null));
        Tells(payment,
            new HistoryItem(placedAt.AddSeconds(1), "webhook", "webhook", null, "seen", "authorization.succeeded", "msg_1"),
            new HistoryItem(placedAt.AddSeconds(3), "gateway", "payment authorize", "Sent", "Succeeded", "gateway called", null));
        Tells(cases, new HistoryItem(placedAt.AddSeconds(4), "case", "case", "Open", "Assigned", "assign by kim", "to kim: she knows"));

        var timeline = (await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json;

        timeline["items"]!.AsArray().Select(item => (string)item!["source"]!).ShouldBe(["order", "webhook", "stock", "gateway", "case"]);
        timeline["items"]![4]!.ToJsonString().ShouldNotContain("kim", Case.Sensitive, "the operator's name is not shown");
        timeline["gaps"]!.AsArray().ShouldBeEmpty();
        stock.Authorization.ShouldBe("Bearer the service's own");
    }

    [Fact]
    public async Task A_slow_participant_is_named_and_the_others_are_shown()
    {
        payment.Says = ParticipantStandIn.Hangs;
        var id = await merchant.Placed();
        Tells(stock, new HistoryItem(DateTime.UnixEpoch, "stock", "stock branch", null, "Tried", "TryReserveStock", null));
        var watch = Stopwatch.StartNew();
        var timeline = (await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json;
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        timeline["items"]!.AsArray().Select(item => (string)item!["source"]!).ShouldBe(["stock", "order"]);
        Gaps(timeline).ShouldBe("payment: no answer within 1000 ms");
    }

    [Fact]
    public async Task Every_participant_failure_is_a_gap_with_a_reason()
    {
        var id = await merchant.Placed();
        stock.Says = (_, _) => Task.FromResult(Results.StatusCode(401));
        payment.Says = (_, _) => Task.FromResult(Results.Text("<html>"));
        Gaps(await Timeline(id)).ShouldBe("stock: answered 401; payment: its answer is invalid");

        var elsewhere = payment.Url;
        stock.Says = (_, _) => Task.FromResult(Results.Redirect(elsewhere));
        await payment.DisposeAsync();
        Gaps(await Timeline(id)).ShouldBe("stock: answered 302; payment: unreachable");

        stock.Says = (_, requested) => Task.FromResult(Results.Json(new AuditHistory(requested, [], Complete: false)));
        Gaps(await Timeline(id)).ShouldStartWith("stock: only its last 1000 items are shown; payment:");
    }

    [Fact]
    public async Task The_circuit_breaker_spares_a_failing_participant()
    {
        var id = await merchant.Placed();
        stock.Says = (_, _) => Task.FromResult(Results.StatusCode(500));
        await Eventually.Holds("the breaker opens", async () => Gaps(await Timeline(id)) == "stock: not queried: recent queries failed");
        var requested = stock.RequestCount;
        await Timeline(id);
        stock.RequestCount.ShouldBe(requested);

        Tells(stock);
        await Eventually.Holds("the participant is queried again", async () => Gaps(await Timeline(id)).Length == 0);
    }

    [Fact]
    public async Task Another_merchants_timeline_queries_no_participant()
    {
        var id = await merchant.Placed();
        var before = (stock.RequestCount, payment.RequestCount, cases.RequestCount);
        var other = new Caller(host, "other", ApiKeys.Create(installation.Directory, "other", "other", Roles.Orders));
        await Eventually.Holds("the key is accepted", async () => (await other.Get("/orders")).Status == 200);
        (await other.Get($"/orders/{id}/timeline")).ShouldBeProblem(404, "order-not-found");
        (stock.RequestCount, payment.RequestCount, cases.RequestCount).ShouldBe(before);
    }

    [Fact]
    public async Task A_missing_participant_setting_is_reported()
    {
        await using var alone = await ApiHost.Start(installation, withBus: false);
        var id = await merchant.Placed();
        Gaps((await new Caller(alone, "m", merchant.Key).Get($"/orders/{id}/timeline")).ShouldBe(200).Json)
            .ShouldBe("stock: its address is not set; payment: its address is not set; case: its address is not set");
        (await Should.ThrowAsync<InvalidOperationException>(() => ApiHost.Start(installation, false, $"--Participants:StockUrl={stock.Url}")))
            .Message.ShouldContain("Participants:Key");
    }

    [Fact]
    public async Task The_call_tree_names_operators_only_to_operators()
    {
        var id = await merchant.Placed();
        Tells(stock, new HistoryItem(DateTime.UnixEpoch, "stock", "stock branch", null, "Tried", "TryReserveStock", null));
        Tells(cases, new HistoryItem(DateTime.UnixEpoch, "case", "case", "Open", "Assigned", "assign by kim", "to kim: she knows"));
        var tree = (await merchant.Get($"/orders/{id}/trace")).ShouldBe(200);
        tree.Text.ShouldNotContain("kim");
        tree.Json["root"]!["children"]!.AsArray().Select(span => $"{span!["service"]} {span["name"]}")
            .ShouldBe(["Orders SubmitOrder", "Reconciler case: reconciliation"]);

        var key = ApiKeys.Create(installation.Directory, "kim", "house", Roles.Operator);
        var kim = new Caller(host, "house", key);
        await Eventually.Holds("the key is accepted", async () => (await kim.Get($"/orders/{id}/trace")).Status == 200);
        (await kim.Get($"/orders/{id}/trace")).ShouldBe(200).Text.ShouldContain("assign by kim");
        (await kim.Get($"/orders/{id}/timeline")).ShouldBeProblem(403, "forbidden");
    }

    [Fact]
    public async Task The_rate_limit_is_per_caller()
    {
        await using var strict = await ApiHost.Start(installation, false, "--Rates:Query:KeyPerSecond=1", "--Rates:Query:KeyBurst=3");
        var id = await merchant.Placed();
        var caller = new Caller(strict, "m", merchant.Key);
        var answers = new List<Answer>();
        for (var i = 0; i < 10; i++)
            answers.Add(await caller.Get($"/orders/{id}/timeline"));
        answers.Take(3).ShouldAllBe(answer => answer.Status == 200);
        var refused = answers.First(answer => answer.Status != 200).ShouldBeProblem(429, "too-many-requests");
        int.Parse(refused.Header("Retry-After")!).ShouldBeInRange(1, 5);

        var second = new Caller(strict, "m", ApiKeys.Create(installation.Directory, "second", "m", Roles.Orders));
        await Eventually.Holds("another key of the merchant is not limited", async () => (await second.Get($"/orders/{id}/timeline")).Status == 200);
        await Eventually.Holds("the caller may query again after the wait", async () => (await caller.Get($"/orders/{id}/timeline")).Status == 200);
    }

    public async ValueTask InitializeAsync()
    {
        installation = await Mode.Embedded.Fresh("orders");
        (stock, payment, cases) = (await ParticipantStandIn.Start(), await ParticipantStandIn.Start(), await ParticipantStandIn.Start());
        var key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders, Roles.Catalogue);
        host = await ApiHost.Start(installation, false, $"--Participants:StockUrl={stock.Url}", $"--Participants:PaymentUrl={payment.Url}/",
            $"--Participants:CaseUrl={cases.Url}", "--Participants:Key=the service's own", "--Participants:TimeoutMilliseconds=1000",
            "--Participants:BreakerMinimumThroughput=4",
            "--Participants:BreakerOpenSeconds=1");
        merchant = new Caller(host, "m", key);
        await merchant.Price("tea-001", 1250);
        var first = await merchant.Placed();
        await Eventually.Holds("each participant has answered once: its first answer may take longer than the timeout", async () =>
            Gaps(await Timeline(first)).Length == 0);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await stock.DisposeAsync();
        await payment.DisposeAsync();
        await cases.DisposeAsync();
        await installation.DisposeAsync();
    }

    async Task<JsonNode> Timeline(Guid id) => (await merchant.Get($"/orders/{id}/timeline")).ShouldBe(200).Json;

    static void Tells(ParticipantStandIn standIn, params HistoryItem[] items) =>
        standIn.Says = (_, id) => Task.FromResult(Results.Json(new AuditHistory(id, items, true)));

    static string Gaps(JsonNode timeline) => string.Join("; ", timeline["gaps"]!.AsArray().Select(gap => $"{gap!["source"]}: {gap["reason"]}"));
}
