using Microsoft.AspNetCore.Http;
using Orders.Api.Webhooks;
using OrderSaga.Platform.Database;

namespace Orders.Api.Tests.Webhooks;

/// <summary>Registering endpoints, and the events that they missed.</summary>
public sealed class EndpointTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_url_is_registered_once(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Register(shop, shop.Receiver.Url)));
        var made = answers.Single(answer => answer.Status == 201).Json;
        foreach (var answer in answers.Where(answer => answer.Status != 201))
            answer.ShouldBeProblem(409, "endpoint-exists").Json["detail"]!.GetValue<string>().ShouldContain((string)made["id"]!);

        // The same URL to a machine: the case and the default port of the host do not count.
        var spelt = shop.Receiver.Url.Replace("http://", "HTTP://", StringComparison.Ordinal);
        (await Register(shop, spelt)).ShouldBeProblem(409, "endpoint-exists");
        (await (await shop.Other()).Post("/webhook-endpoints", $$"""{"url":"{{shop.Receiver.Url}}"}""")).ShouldBe(201);
        (await shop.Merchant.Send(HttpMethod.Delete, $"/webhook-endpoints/{made["id"]}", null)).ShouldBe(204);
        (await Register(shop, shop.Receiver.Url)).ShouldBe(201);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Concurrent_registrations_respect_the_endpoint_limit(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Register(shop, $"{shop.Receiver.Url}?{i}")));
        answers.Count(answer => answer.Status == 201).ShouldBe(10);
        foreach (var answer in answers.Where(answer => answer.Status != 201))
            answer.ShouldBeProblem(409, "too-many-endpoints");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_removed_endpoint_is_forgotten_without_its_log(Mode mode)
    {
        await using var shop = await HookShop.Open(mode, "--Retention:IntervalSeconds=1");
        var logged = await shop.Register();
        await shop.Merchant.Placed();
        await shop.LogBecomes(logged, "Delivered", 1);
        var unused = await shop.Register(shop.Receiver.Url + "?unused");
        var kept = await shop.Register(shop.Receiver.Url + "?kept");
        foreach (var endpoint in new[] { logged, unused })
            (await shop.Merchant.Send(HttpMethod.Delete, $"/webhook-endpoints/{endpoint["id"]}", null)).ShouldBe(204);
        await shop.Host.Read(db => db.WebhookEndpoints.ExecuteUpdateAsync(row => row.SetProperty(x => x.UpdatedAt, x => x.UpdatedAt.AddDays(-2))));
        var left = await Eventually.Becomes("one row is deleted",
            () => shop.Host.Read(db => db.WebhookEndpoints.Select(row => row.Id).ToListAsync()), ids => ids.Count < 3);
        left.ShouldBe([logged["id"]!.GetValue<Guid>(), kept["id"]!.GetValue<Guid>()], ignoreOrder: true);
    }

    [Fact]
    public async Task The_host_of_a_url_is_audited_and_not_its_path()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        var endpoint = await shop.Register(shop.Receiver.Url + "?secret");
        var id = (string)endpoint["id"]!;
        (await shop.Host.Read(db => db.Audit.Where(row => row.SubjectId == id).Select(row => row.Detail).SingleAsync())).ShouldBe("127.0.0.1");
    }

    [Fact]
    public void A_webhook_gives_the_merchants_reason()
    {
        var order = new OrderState { Reason = "Mrs Smith is ill", Currency = "EUR" };
        var row = new AuditRow { Subject = OrderAudit.Subject, SubjectId = "", From = OrderStates.Cancelling, To = OrderStates.Cancelled, Cause = "" };
        string? Reason(string? detail)
        {
            row.Detail = detail;
            return (string?)JsonNode.Parse(OrderEvent.Json("order.cancelled", row, order))!["data"]!["reason"];
        }

        Reason(OrderAudit.RequestedByMerchant).ShouldBe("Mrs Smith is ill");
        Reason("sold out").ShouldBe("sold out");
    }

    [Fact]
    public async Task An_event_has_the_same_id_at_all_endpoints()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        var endpoint = await shop.Register();
        await shop.Register(shop.Receiver.Url + "?second");
        await shop.PlacedAndCompleted();
        await Eventually.Holds("both endpoints have received both events", () => shop.Receiver.Taken.Select(hook => hook.Id).Distinct().Count() == 4);

        foreach (var hooks in shop.Receiver.Taken.GroupBy(hook => hook.Type, StringComparer.Ordinal))
        {
            hooks.Select(hook => (string)hook.Json["id"]!).Distinct().ShouldHaveSingleItem().ShouldStartWith("evt_");
            hooks.Select(hook => hook.Id).Distinct().Count().ShouldBe(2, "the webhook-id belongs to the delivery");
        }

        var ids = shop.Receiver.Taken.Select(hook => (string)hook.Json["id"]!).Distinct().ToList();
        ids.Count.ShouldBe(2);
        (await shop.Log(endpoint)).Select(item => (string)item["eventId"]!).ShouldBe(ids, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Events_missed_while_disabled_can_be_resent(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        shop.Receiver.Answers = _ => Results.StatusCode(410);
        var endpoint = await shop.Register();
        await shop.Merchant.Placed();
        await Eventually.Holds("the endpoint is disabled", async () => (string)(await shop.Endpoint(endpoint))["status"]! == "Disabled");
        shop.Receiver.Answers = _ => Results.NoContent();
        for (var i = 0; i < 5; i++)
            await shop.PlacedAndCompleted();
        var missed = await shop.LogBecomes(endpoint, "Missed", 10);

        var enabled = (await Enable(shop, endpoint, null)).ShouldBe(200).Json;
        ((string)enabled["status"]!, (int)enabled["missed"]!["events"]!).ShouldBe(("Active", 10));
        enabled["missed"]!["since"]!.GetValue<DateTime>().ShouldBe(
            missed.Where(item => (string)item["status"]! == "Missed").Min(item => item["createdAt"]!.GetValue<DateTime>()));
        var next = await shop.PlacedAndCompleted();
        await shop.LogBecomes(endpoint, "Delivered", 2);
        shop.Receiver.Taken.Count(hook => hook.OrderId != next).ShouldBe(1, "missed events are not sent without a request");

        (await Enable(shop, endpoint, """{"sendMissed":true}""")).ShouldBe(200);
        await shop.LogBecomes(endpoint, "Delivered", 12);
        (await Enable(shop, endpoint, null)).ShouldBe(200).Json["missed"].ShouldBeNull();
    }

    [Fact]
    public async Task Bulk_delivery_updates_have_a_longer_timeout()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "The slow table is PostgreSQL's.");
        await using var shop = await HookShop.Open(Mode.PostgreSql, "--Database:RequestTimeoutSeconds=2");
        shop.Receiver.Answers = _ => Results.StatusCode(410);
        var endpoint = await shop.Register();
        await shop.Merchant.Placed();
        await Eventually.Holds("the endpoint is disabled", async () => (string)(await shop.Endpoint(endpoint))["status"]! == "Disabled");
        await shop.PlacedAndCompleted();
        await shop.LogBecomes(endpoint, "Missed", 2);
        await ChangesOfStateTakeTwoSeconds(shop);

        shop.Receiver.Answers = _ => new NoAnswer();
        (await Enable(shop, endpoint, """{"sendMissed":true}""")).ShouldBe(200);
        (await shop.Merchant.Send(HttpMethod.Delete, $"/webhook-endpoints/{endpoint["id"]}", null)).ShouldBe(204);
    }

    /// <summary>Simulates a table with millions of rows. The sender changes no state here: its receiver does not answer.</summary>
    static async Task ChangesOfStateTakeTwoSeconds(HookShop shop)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(shop.Installation.Connection("orders"));
        await using var slow = database.CreateCommand("""
            CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';
            CREATE TRIGGER slowly AFTER UPDATE OF state ON webhook_deliveries FOR EACH STATEMENT EXECUTE FUNCTION slowly()
            """);
        await slow.ExecuteNonQueryAsync();
    }

    static Task<Answer> Enable(HookShop shop, JsonNode endpoint, string? body) => shop.Merchant.Post($"/webhook-endpoints/{endpoint["id"]}/enable", body);

    static Task<Answer> Register(HookShop shop, string url) => shop.Merchant.Post("/webhook-endpoints", $$"""{"url":"{{url}}"}""");

    /// <summary>Waits until the caller is gone.</summary>
    sealed class NoAnswer : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var gone = new TaskCompletionSource();
            httpContext.RequestAborted.Register(gone.SetResult);
            return gone.Task;
        }
    }
}
