using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Sandbox.Tests;

public sealed class WebhookTests
{
    [Fact]
    public async Task The_signature_matches_the_published_example()
    {
        var webhook = new GatewayWebhook { Id = "msg_p5jXN8AQM9LWM0D4loKWxJek", Url = "http://localhost/", Body = """{"test": 2432232314}""" };
        using var request = WebhookSignature.Sign(webhook, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", DateTimeOffset.FromUnixTimeSeconds(1614265330));
        request.Headers.GetValues("webhook-signature").ShouldBe(["v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="]);
        request.Headers.GetValues("webhook-timestamp").ShouldBe(["1614265330"]);
        (await request.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(webhook.Body);
    }

    [Theory]
    [InlineData("pay", "authorization.succeeded")]
    [InlineData("decline", "authorization.failed")]
    public async Task The_customers_decision_sends_one_signed_webhook(string button, string type)
    {
        await using var receiver = await HookReceiver.Start();
        await using var host = await SandboxHost.Start();
        host.SendWebhooksTo(receiver.Url);
        var reference = Some.Reference();
        var authorization = await host.Gateway.AuthorizeHosted(reference: reference);
        await host.Gateway.Post($"pay/{authorization.Id}/{button}", null);

        var delivery = (await receiver.Await(1)).Single();
        delivery.Id.ShouldStartWith("msg_");
        delivery.IsSignedWith(SandboxHost.Secret).ShouldBeTrue();
        delivery.Json["type"]!.ToString().ShouldBe(type);
        delivery.Json["timestamp"].ShouldNotBeNull();
        delivery.Json["data"]!.ToJsonString().ShouldBe(
            $$"""{"authorizationId":"{{authorization.Id}}","reference":"{{reference}}","amount":1250,"currency":"EUR"}""");
        Math.Abs(long.Parse(delivery.Timestamp, CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).ShouldBeLessThan(60);

        await Settled(host);
        receiver.Taken.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_delivery_is_retried_with_the_same_id()
    {
        await using var receiver = await HookReceiver.Start();
        receiver.Answers = _ => receiver.Taken.Count <= 3 ? Results.StatusCode(503) : Results.NoContent();
        await using var host = await SandboxHost.Start();
        host.SendWebhooksTo(receiver.Url);
        await host.Gateway.Post($"pay/{(await host.Gateway.AuthorizeHosted()).Id}/pay", null);

        var deliveries = await receiver.Await(4);
        deliveries.Select(x => x.Id).Distinct().ShouldHaveSingleItem();
        deliveries.Select(x => x.Body).Distinct().ShouldHaveSingleItem();
        deliveries.ShouldAllBe(x => x.IsSignedWith(SandboxHost.Secret));
        var row = (await Settled(host)).ShouldHaveSingleItem();
        (row.Attempts, row.DeliveredAt is null, row.LastError).ShouldBe((4, false, null));
    }

    [Fact]
    public async Task The_last_failed_attempt_is_recorded_with_its_reason()
    {
        await using var host = await SandboxHost.Start("--Sandbox:MaxWebhookAttempts=3", "--Sandbox:WebhookUrl=http://127.0.0.1:9/unreachable");
        await host.Gateway.Post($"pay/{(await host.Gateway.AuthorizeHosted()).Id}/pay", null);
        var row = (await Settled(host)).ShouldHaveSingleItem();
        (row.Attempts, row.DeliveredAt).ShouldBe((3, null));
        row.LastError.ShouldNotBeNullOrWhiteSpace();
    }

    [Theory]
    [InlineData("WebhookLossRate", 0)]
    [InlineData("WebhookRepeatRate", 2)]
    public async Task Webhooks_can_be_lost_or_duplicated_on_purpose(string rate, int arrivals)
    {
        await using var receiver = await HookReceiver.Start();
        await using var host = await SandboxHost.Start($"--Sandbox:Faults:{rate}=1");
        host.SendWebhooksTo(receiver.Url);
        await host.Gateway.Post($"pay/{(await host.Gateway.AuthorizeHosted()).Id}/pay", null);
        (await Settled(host)).ShouldHaveSingleItem().DeliveredAt.ShouldNotBeNull();
        receiver.Taken.Count.ShouldBe(arrivals);
    }

    [Fact]
    public async Task Pending_webhooks_are_delivered_after_a_restart()
    {
        await using var installation = await Mode.Embedded.Fresh("sandbox");
        await using var receiver = await HookReceiver.Start();
        string id;
        await using (var before = await SandboxHost.StartOn(installation, "--Sandbox:WebhookUrl=http://127.0.0.1:9/unreachable"))
        {
            id = (await before.Gateway.AuthorizeHosted()).Id;
            await before.Gateway.Post($"pay/{id}/pay", null);
            await Redirect(before, receiver.Url);
        }

        await using var after = await SandboxHost.StartOn(installation);
        (await receiver.Await(1)).First().Json["data"]!["authorizationId"]!.ToString().ShouldBe(id);
        await Settled(after);
    }

    [Fact]
    public async Task Without_a_url_no_webhook_is_queued()
    {
        await using var host = await SandboxHost.Start();
        var authorization = await host.Gateway.AuthorizeHosted();
        await host.Gateway.Post($"pay/{authorization.Id}/pay", null);
        (await Settled(host)).ShouldBeEmpty();
        (await host.Gateway.Ledger($"reference={authorization.Field("reference")}")).ShouldBe(["authorize:succeeded"]);
    }

    [Fact]
    public void A_payment_is_due_before_earlier_expired_ones()
    {
        var now = DateTime.UnixEpoch;
        var expired = GatewayWebhook.About(Hosted(Statuses.Expired), "https://shop.example", "msg_1", now);
        var paid = GatewayWebhook.About(Hosted(Statuses.Succeeded), "https://shop.example", "msg_2", now.AddMinutes(10));
        new[] { expired, paid }.MinBy(webhook => webhook.DueAt).ShouldBe(paid);
    }

    static GatewayOperation Hosted(string status) => new()
    {
        Id = "auth_1", AuthorizationId = "auth_1", Operation = Operations.Authorize, Status = status, Amount = 1, Currency = "EUR", Reference = "order",
        IdempotencyKey = "key", RequestHash = "", At = DateTime.UnixEpoch,
    };

    [Fact]
    public void Retry_delays_double_up_to_five_minutes() =>
        new[] { 1, 2, 3, 9, 10, 1000 }.Select(x => WebhookSender.DelayAfter(TimeSpan.FromSeconds(1), x).TotalSeconds).ShouldBe([1, 2, 4, 256, 300, 300]);

    static Task<int> Redirect(SandboxHost host, string url) =>
        host.Read(db => db.Webhooks.ExecuteUpdateAsync(row => row.SetProperty(x => x.Url, url)));

    static async Task<List<GatewayWebhook>> Settled(SandboxHost host)
    {
        List<GatewayWebhook> rows = [];
        await Eventually.Holds("no webhook is due", async () =>
        {
            rows = await host.Read(db => db.Webhooks.AsNoTracking().ToListAsync());
            return rows.TrueForAll(x => x.DueAt is null);
        });
        return rows;
    }
}
