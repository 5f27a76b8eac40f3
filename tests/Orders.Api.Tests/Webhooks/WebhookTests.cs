using Microsoft.AspNetCore.Http;
using Orders.Api.Webhooks;
using Orders.Model.Webhooks;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests.Webhooks;

/// <summary>A merchant receives order events over HTTP.</summary>
public sealed class WebhookTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_merchant_receives_signed_order_events_in_order(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        var before = await shop.PlacedAndCompleted();
        var endpoint = await shop.Register();
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
            ids.Add(await shop.PlacedAndCompleted());

        await shop.LogBecomes(endpoint, "Delivered", 10);

        foreach (var id in ids)
            shop.Receiver.Of(id).ShouldBe("order.submitted order.completed");
        shop.Receiver.Of(before).ShouldBe("", "only later events are sent");
        shop.Receiver.Taken.ShouldAllBe(hook => hook.IsSignedWith((string)endpoint["secret"]!));
        shop.Receiver.Taken.Select(hook => hook.Id).Distinct().Count().ShouldBe(10);
        var hook = shop.Receiver.Taken.Last(hook => hook.Type == "order.completed").Json;
        (((string)hook["data"]!["status"]!), ((long)hook["data"]!["total"]!["amount"]!), ((string)hook["data"]!["total"]!["currency"]!))
            .ShouldBe(("Completed", 2500, "EUR"));
        (await shop.Merchant.Get($"/webhook-endpoints/{endpoint["id"]}")).Text.ShouldNotContain("whsec_", Case.Sensitive, "the secret is shown once");
        var timeline = (await shop.Merchant.Get($"/orders/{ids[0]}/timeline")).ShouldBe(200).Json["items"]!.AsArray();
        timeline.Where(item => (string)item!["source"]! == "delivery").Select(item => $"{item!["cause"]} {item["to"]} {item["detail"]}")
            .ShouldBe([$"order.submitted Delivered {shop.Receiver.Url}, attempt 1", $"order.completed Delivered {shop.Receiver.Url}, attempt 1"]);
    }

    [Theory]
    [InlineData(OrderStates.Reserving)]
    [InlineData(OrderStates.Trying)]
    public void Every_flow_begins_with_order_submitted(string first) =>
        OrderEvent.TypeOf(new AuditRow { Subject = OrderAudit.Subject, SubjectId = "1", From = "", To = first, Cause = "SubmitOrder" })
            .ShouldBe("order.submitted");

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Without_endpoints_no_delivery_rows_are_written(Mode mode)
    {
        await using var shop = await HookShop.Open(mode);
        await shop.PlacedAndCompleted();
        var other = new Caller(shop.Host, "other", ApiKeys.Create(shop.Installation.Directory, "second", "other", Roles.Orders));
        await Eventually.Holds("the key is accepted", async () => (await other.Get("/webhook-endpoints")).Status == 200);
        (await shop.Host.Read(db => db.WebhookCursors.CountAsync())).ShouldBe(0, "without an endpoint no event is read");

        (await other.Post("/webhook-endpoints", $$"""{"url":"{{shop.Receiver.Url}}"}""")).ShouldBe(201);
        await shop.PlacedAndCompleted();
        var last = await shop.Host.Read(db => db.Audit.MaxAsync(row => row.Id));
        await Eventually.Holds("all events are read", () => shop.Host.Read(db => db.WebhookCursors.AnyAsync(row => row.After >= last)));
        (await shop.Rows()).ShouldBeEmpty("these orders are another merchant's");
    }

    [Fact]
    public async Task A_failed_delivery_is_retried_before_later_events()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        var failures = 2;
        shop.Receiver.Answers = _ => Interlocked.Decrement(ref failures) >= 0 ? Results.StatusCode(503)
            : Results.NoContent();
        var endpoint = await shop.Register();
        var id = await shop.PlacedAndCompleted();
        await Eventually.Holds("the endpoint is failing", async () => (string)(await shop.Endpoint(endpoint))["status"]! == "Failing");
        await shop.LogBecomes(endpoint, "Delivered", 2);

        shop.Receiver.Of(id).ShouldBe("order.submitted order.submitted order.submitted order.completed");
        shop.Receiver.Taken.Take(3).Select(hook => hook.Id).Distinct().ShouldHaveSingleItem();
        var seen = await shop.Endpoint(endpoint);
        ((string)seen["status"]!, (string?)seen["reason"]).ShouldBe(("Active", null));
        (await shop.Log(endpoint))[^1]["attempts"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public async Task A_disabled_endpoint_can_be_enabled_and_resent()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        shop.Receiver.Answers = _ => Results.StatusCode(500);
        var endpoint = await shop.Register();
        var id = await shop.PlacedAndCompleted();
        await Eventually.Holds("the endpoint is disabled", async () => (string)(await shop.Endpoint(endpoint))["status"]! == "Disabled");
        var log = await shop.Log(endpoint);
        log.Select(item => (string)item["status"]!).ShouldBe(["Pending", "GivenUp"], "later events are still pending");
        (log[1]["attempts"]!.GetValue<int>(), (string)log[1]["lastError"]!, (int)log[1]["lastStatus"]!).ShouldBe((3, "answered 500", 500));
        ((string)(await shop.Endpoint(endpoint))["reason"]!).ShouldStartWith("accepted nothing since");
        var resend = $"/webhook-endpoints/{endpoint["id"]}/deliveries/{log[1]["id"]}/resend";
        (await shop.Merchant.Post(resend, null)).ShouldBeProblem(409, "endpoint-disabled");

        shop.Receiver.Answers = _ => Results.NoContent();
        (await shop.Merchant.Post($"/webhook-endpoints/{endpoint["id"]}/enable", null)).ShouldBe(200);
        await shop.LogBecomes(endpoint, "Delivered", 1);
        (await shop.Merchant.Post(resend, null)).ShouldBe(202);
        await shop.LogBecomes(endpoint, "Delivered", 2);
        shop.Receiver.Of(id).ShouldBe("order.submitted order.submitted order.submitted order.completed order.submitted");
        shop.Receiver.Taken.Where(hook => hook.Type == "order.submitted").Select(hook => hook.Id).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Timeouts_redirects_and_410_are_delivery_failures()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        shop.Receiver.Answers = _ => Results.Redirect("/elsewhere");
        var endpoint = await shop.Register();
        await shop.PlacedAndCompleted();
        var redirected = await Eventually.Becomes("an attempt has ended", () => shop.Log(endpoint), items => items.Any(item => item["lastError"] is not null));
        redirected[^1]["lastError"]!.GetValue<string>().ShouldBe("answered 302");
        shop.Receiver.Answers = _ => Results.StatusCode(410);
        await Eventually.Holds("the endpoint is disabled", async () => (string)(await shop.Endpoint(endpoint))["status"]! == "Disabled");
        (await shop.Endpoint(endpoint))["reason"]!.GetValue<string>().ShouldBe("answered 410 Gone");

        await using var silent = new Silent();
        var second = await shop.Register(silent.Url);
        await shop.PlacedAndCompleted();
        var log = await Eventually.Becomes("an attempt has ended", () => shop.Log(second), items => items.Any(item => item["lastError"] is not null));
        log[^1]["lastError"]!.GetValue<string>().ShouldBe("no answer within 1 s");
    }

    [Fact]
    public async Task Both_secrets_sign_during_rotation()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        var endpoint = await shop.Register();
        var rotated = (await shop.Merchant.Post($"/webhook-endpoints/{endpoint["id"]}/secret", null)).ShouldBe(200).Json;
        rotated["previousSecretUntil"]!.GetValue<DateTime>().ShouldBeGreaterThan(TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(23));
        await shop.PlacedAndCompleted();
        await shop.LogBecomes(endpoint, "Delivered", 2);
        foreach (var hook in shop.Receiver.Taken)
        {
            hook.IsSignedWith((string)endpoint["secret"]!).ShouldBeTrue();
            hook.IsSignedWith((string)rotated["secret"]!).ShouldBeTrue();
        }

        await shop.Change(async work => (await work.Lock<WebhookEndpoint, Guid>([(Guid)endpoint["id"]!])).Single().PreviousSecretUntil = DateTime.UnixEpoch);
        var id = await shop.PlacedAndCompleted();
        await shop.LogBecomes(endpoint, "Delivered", 4);
        shop.Receiver.Taken.Where(hook => hook.OrderId == id).ShouldAllBe(hook =>
            hook.IsSignedWith((string)rotated["secret"]!) && !hook.IsSignedWith((string)endpoint["secret"]!));

        (await shop.Merchant.Send(HttpMethod.Delete, $"/webhook-endpoints/{endpoint["id"]}", null)).ShouldBe(204);
        await shop.PlacedAndCompleted();
        (await shop.Merchant.Get($"/webhook-endpoints/{endpoint["id"]}")).ShouldBeProblem(404, "endpoint-not-found");
        (await shop.Merchant.Get("/webhook-endpoints")).ShouldBe(200).Json["items"]!.AsArray().ShouldBeEmpty();
        (await shop.Host.Read(db => db.WebhookEndpoints.SingleAsync())).ShouldSatisfyAllConditions(
            row => row.State.ShouldBe(EndpointStates.Removed), row => row.Secret.ShouldBeEmpty(), row => row.PreviousSecret.ShouldBeNull());
        shop.Receiver.Taken.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Endpoints_are_private_and_errors_give_advice()
    {
        await using var shop = await HookShop.Open(Mode.Embedded, "--Webhooks:MaxEndpoints=2");
        var endpoint = await shop.Register();
        var other = new Caller(shop.Host, "other", ApiKeys.Create(shop.Installation.Directory, "second", "other", Roles.Orders));
        await Eventually.Holds("the key is accepted", async () => (await other.Get("/webhook-endpoints")).Status == 200);
        var path = $"/webhook-endpoints/{endpoint["id"]}";
        (await other.Get(path)).ShouldBeProblem(404, "endpoint-not-found");
        (await other.Get(path + "/deliveries")).ShouldBeProblem(404, "endpoint-not-found");
        foreach (var call in (string[])["/secret", "/enable", $"/deliveries/{Guid.Empty}/resend"])
            (await other.Post(path + call, null)).ShouldBeProblem(404, "endpoint-not-found");
        (await other.Send(HttpMethod.Delete, path, null)).ShouldBeProblem(404, "endpoint-not-found");
        (await other.Get("/webhook-endpoints")).Json["items"]!.AsArray().ShouldBeEmpty();

        (await shop.Merchant.Get("/webhook-endpoints/seven")).ShouldBeProblem(400, "invalid-id");
        (await shop.Merchant.Post($"{path}/deliveries/{Guid.Empty}/resend", null)).ShouldBeProblem(404, "delivery-not-found");
        (await shop.Merchant.Get(path + "/deliveries?status=Done")).ShouldBeProblem(400, "invalid-parameter");
        (await shop.Merchant.Get(path + "/deliveries?state=Pending")).ShouldBeProblem(400, "unknown-parameter");
        await shop.Register(shop.Receiver.Url + "?second");
        (await shop.Merchant.Post("/webhook-endpoints", $$"""{"url":"{{shop.Receiver.Url}}?third"}""")).ShouldBeProblem(409, "too-many-endpoints");
    }

    [Fact]
    public async Task The_delivery_log_is_paged_newest_first()
    {
        await using var shop = await HookShop.Open(Mode.Embedded);
        var endpoint = await shop.Register();
        for (var i = 0; i < 3; i++)
            await shop.PlacedAndCompleted();
        await shop.LogBecomes(endpoint, "Delivered", 6);
        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = (await shop.Merchant.Get($"/webhook-endpoints/{endpoint["id"]}/deliveries?limit=4{cursor}")).ShouldBe(200).Json;
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = page["nextCursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);
        seen.ShouldBe((await shop.Rows()).OrderByDescending(row => row.EventId).Select(row => row.Id.ToString()));
        (await shop.Log(endpoint, "?status=Pending")).ShouldBeEmpty();
    }
}
