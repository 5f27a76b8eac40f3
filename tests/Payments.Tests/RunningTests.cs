using System.Net;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

/// <summary>The worker on its bus, with the sandbox gateway over HTTP.</summary>
public sealed class RunningTests
{
    public static IEnumerable<object[]> Modes() => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task Every_kind_of_card_reaches_a_final_state(Mode mode)
    {
        await using var worker = await Worker.Start(mode);
        foreach (var (token, captured) in new[] { ("tok_ok", true), ("tok_error", true), ("tok_slow", true), ("tok_timeout", true), ("tok_declined", false) })
        {
            var order = Some.Order();
            await worker.Send(Some.Try(order, token));
            await worker.WaitForAnswer(order, captured ? "PaymentAuthorized" : "PaymentDeclined");
            if (captured)
            {
                await worker.Send(Some.Confirm(order));
                await worker.WaitForAnswer(order, "PaymentConfirmed");
            }

            (await worker.Sandbox(order)).ShouldBe(captured ? "authorize:succeeded capture:succeeded" : "authorize:declined");
        }
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Cancelled_orders_hold_no_money(Mode mode)
    {
        await using var worker = await Worker.Start(mode);
        foreach (var (token, confirm, ledger) in new[]
        {
            ("tok_ok", false, "authorize:succeeded void:succeeded"),
            ("tok_ok", true, "authorize:succeeded capture:succeeded refund:succeeded"),
            ("tok_capture_refused", true, "authorize:succeeded capture:declined void:succeeded"),
        })
        {
            var order = Some.Order();
            await worker.Send(Some.Try(order, token));
            await worker.WaitForAnswer(order, "PaymentAuthorized");
            if (confirm)
            {
                await worker.Send(Some.Confirm(order));
                await worker.WaitForAnswer(order, token == "tok_ok" ? "PaymentConfirmed" : "PaymentRefused");
            }

            await worker.Send(Some.Cancel(order));
            await worker.WaitForAnswer(order, "PaymentCancelled");
            (await worker.Sandbox(order)).ShouldBe(ledger);
        }
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task A_payment_at_the_page_arrives_by_sandbox_webhook(Mode mode)
    {
        await using var worker = await Worker.Start(mode, "--Payments:PendingPollDelaySeconds=3600");
        var order = Some.Order();
        await worker.Send(Some.Hosted(order) with { PayBefore = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1) });
        await worker.WaitForAnswer(order, "PaymentPending");
        var branch = await worker.Json($"/branches/payment/{order}");
        branch["state"]!.GetValue<string>().ShouldBe("Pending");
        using var customer = new HttpClient();
        (await customer.PostAsync(branch["url"]!.GetValue<string>() + "/pay", new FormUrlEncodedContent([]))).EnsureSuccessStatusCode();
        await worker.WaitForAnswer(order, "PaymentAuthorized");
        (await worker.Read(db => db.Webhooks.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task A_forged_webhook_gets_401_and_leaves_no_row()
    {
        await using var worker = await Worker.Start(Mode.Embedded);
        var body = Signed.Event(Some.Order());
        var answer = await worker.Webhook(body, Signed.Headers("msg_1", TimeProvider.System.GetUtcNow(), body, Signed.OtherSecret));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var old = Signed.Headers("msg_1", TimeProvider.System.GetUtcNow().AddSeconds(-400), body);
        (await worker.Webhook(body, old)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await worker.Webhook(body, new WebhookHeaders(null, null, null))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await worker.Read(db => db.Webhooks.CountAsync())).ShouldBe(0);
        (await worker.Webhook(body, Signed.Headers("msg_1", TimeProvider.System.GetUtcNow(), body))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await worker.Read(db => db.Webhooks.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task The_path_says_which_gateways_secret_signs()
    {
        await using var worker = await Worker.Start(Mode.Embedded, Bench.BackupArguments);
        var body = Signed.Event(Some.Order());
        WebhookHeaders By(string secret) => Signed.Headers("msg_1", TimeProvider.System.GetUtcNow(), body, secret);
        const string Backup = "/webhooks/gateway/backup";
        (await worker.Webhook(body, By(Signed.Secret), Backup)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await worker.Webhook(body, By(Signed.OtherSecret))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await worker.Webhook(body, By(Signed.Secret), "/webhooks/gateway/other")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await worker.Read(db => db.Webhooks.CountAsync())).ShouldBe(0);
        (await worker.Webhook(body, By(Signed.OtherSecret), Backup)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await worker.Webhook(body, By(Signed.Secret))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await worker.Read(db => db.Webhooks.Select(row => row.Id).OrderBy(id => id).ToListAsync())).ShouldBe(["backup/msg_1", "msg_1"]);
    }

    [Fact]
    public async Task Operators_can_query_one_or_many_branches()
    {
        await using var worker = await Worker.Start(Mode.Embedded);
        var order = Some.Order();
        await worker.Send(Some.Try(order));
        await worker.WaitForAnswer(order, "PaymentAuthorized");
        var branch = await worker.Json($"/branches/payment/{order}");
        branch["state"]!.GetValue<string>().ShouldBe("Tried");
        branch["amount"]!.ToJsonString().ShouldBe("{\"amount\":1250,\"currency\":\"EUR\"}");
        (branch["authorized"]!.GetValue<long>(), branch["captured"]!.GetValue<long>(), branch["refunded"]!.GetValue<long>()).ShouldBe((1250, 0, 0));
        branch["attempts"]!.AsArray().ShouldHaveSingleItem()!["state"]!.GetValue<string>().ShouldBe("Succeeded");
        (await worker.Json($"/branches/payment?orderIds={order},{Some.Order()}"))["items"]!.AsArray().Count.ShouldBe(1);

        (branch["gateway"]!.GetValue<string>(), branch["attempts"]![0]!["gateway"]!.GetValue<string>()).ShouldBe(("main", "main"));
        (await worker.Get($"/branches/payment/{Some.Order()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await worker.Get("/branches/payment/seven")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await worker.Get("/branches/payment")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await worker.Get("/branches/payment?orderIds=" + string.Join(',', Enumerable.Repeat(order, 101)))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await worker.Get($"/branches/payment/{order}", key: null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await worker.Get($"/branches/payment/{order}", worker.MerchantKey)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Payment_history_shows_branch_gateway_and_webhook_events()
    {
        await using var worker = await Worker.Start(Mode.Embedded, "--Rates:Query:KeyPerSecond=1", "--Rates:Query:KeyBurst=4");
        var order = Some.Order();
        (await worker.Json($"/branches/payment/{order}/history"))["items"]!.AsArray().ShouldBeEmpty();
        await worker.Send(Some.Try(order));
        await worker.WaitForAnswer(order, "PaymentAuthorized");
        var body = Signed.Event(order);
        await worker.Webhook(body, Signed.Headers("msg_7", TimeProvider.System.GetUtcNow(), body));

        var history = await worker.Json($"/branches/payment/{order}/history");

        history["complete"]!.GetValue<bool>().ShouldBeTrue();
        history["items"]!.AsArray().Select(item => $"{item!["source"]} {item["subject"]}: {item["to"]}").Distinct().Order(StringComparer.Ordinal).ShouldBe(
            ["gateway payment authorize: Sent", "gateway payment authorize: Succeeded", "payment payment branch: Tried", "payment payment branch: Trying",
             "webhook webhook: does not fit the order"]);
        (await worker.Get($"/branches/payment/{order}/history", worker.MerchantKey)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await worker.Get($"/branches/payment/{order}/history", worker.ServiceKey)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await worker.Get("/failed-messages", worker.ServiceKey)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 10; i++)
            answers.Add(await worker.Get($"/branches/payment?orderIds={order}"));
        var refused = answers.First(answer => answer.StatusCode != HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_Confirm_without_a_Try_is_dead_lettered_unanswered()
    {
        await using var worker = await Worker.Start(Mode.Embedded);
        var order = Some.Order();
        await worker.Send(Some.Confirm(order));
        await Eventually.Holds("the refused Confirm is in the failed-message store", () => worker.Read(db => db.FailedMessages.AnyAsync()));
        (await worker.Read(db => db.FailedMessages.SingleAsync())).Cause.ShouldBe($"BranchViolationException: Order {order}: a Confirm without a Try.");
    }
}
