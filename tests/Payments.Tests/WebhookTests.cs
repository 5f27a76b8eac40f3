using Microsoft.EntityFrameworkCore;

namespace OrderSaga.Payments.Tests;

/// <summary>Hosted payments: a webhook only causes a query to the gateway.</summary>
public sealed class WebhookTests
{
    public static TheoryData<string> Databases() => Bench.Databases();

    [Theory, MemberData(nameof(Databases))]
    public async Task A_customers_payment_arrives_by_webhook(string database)
    {
        await using var bench = await Bench.Start(database);
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "succeeded");
        (await Receive(bench, "msg_1", Signed.Event(order))).ShouldBe(WebhookRule.Accepted);
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        (await bench.Path(order)).ShouldBe("Trying Pending Tried");
        var stored = await bench.Read(db => db.Webhooks.AsNoTracking().SingleAsync());
        (stored.Id, stored.Body).ShouldBe(("msg_1", Signed.Event(order)));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_duplicate_webhook_has_no_effect(string database)
    {
        await using var bench = await Bench.Start(database);
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "succeeded");
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Receive(bench, "msg_1", Signed.Event(order))));
        await bench.Drain();
        (await Receive(bench, "msg_1", Signed.Event(order))).ShouldBe("seen before");
        (await Receive(bench, "msg_2", Signed.Event(order))).ShouldBe("known already");
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        (await bench.Read(db => db.Webhooks.CountAsync())).ShouldBe(2);
    }

    [Theory]
    [InlineData("declined", "authorization.failed")]
    [InlineData("expired", "authorization.expired")]
    public async Task A_failed_or_expired_hosted_payment_is_declined(string status, string type)
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, status);
        await Receive(bench, "msg_1", Signed.Event(order, type));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {status}");
    }

    [Fact]
    public async Task A_paid_order_is_queried_before_expired_ones()
    {
        await using var bench = await Bench.Start();
        var (expired, paid) = (Some.Order(), Some.Order());
        await bench.Deliver(Some.Hosted(expired), Some.Hosted(paid));
        await bench.Drain();
        (await Receive(bench, "msg_1", await Event(expired, "authorization.expired"))).ShouldBe(WebhookRule.Accepted);
        (await Receive(bench, "msg_2", await Event(paid, "authorization.succeeded"))).ShouldBe(WebhookRule.Accepted);
        bench.Get<CallQueue>().TryTake(out var first).ShouldBeTrue();
        first.Call.Call.OrderId.ShouldBe(paid);

        async Task<string> Event(Guid order, string type) => Signed.Event(order, type, (await bench.Branch(order)).AuthorizationId!);
    }

    [Fact]
    public async Task A_lost_webhook_is_recovered_by_polling()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBeEmpty("no payment was made");
        bench.Gateway.Conclude(order, "succeeded");
        await bench.Sweep(TimeSpan.FromMinutes(2));
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
    }

    [Fact]
    public async Task The_sweeper_recovers_a_stored_unprocessed_webhook()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "succeeded");
        await Receive(bench, "msg_1", Signed.Event(order));
        bench.Waiting();
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
    }

    [Fact]
    public async Task Webhook_content_is_verified_at_the_gateway()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        await Receive(bench, "msg_1", Signed.Event(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBeEmpty("the gateway's ledger has no payment");
        (await bench.Branch(order)).State.ShouldBe(BranchState.Pending);
    }

    [Fact]
    public async Task A_webhook_for_another_authorization_is_only_stored()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "succeeded");
        (await Receive(bench, "msg_1", Signed.Event(order, amount: 1))).ShouldBe(WebhookRule.Mismatch);
        (await Receive(bench, "msg_2", Signed.Event(order, currency: "USD"))).ShouldBe(WebhookRule.Mismatch);
        (await Receive(bench, "msg_3", Signed.Event(order, authorizationId: "auth_9"))).ShouldBe(WebhookRule.Mismatch);
        (await Receive(bench, "msg_4", Signed.Event(Some.Order()))).ShouldBe("unknown order");
        (await Receive(bench, "msg_5", "{\"type\":\"payout.paid\"}")).ShouldBe("of no interest");
        (await Receive(bench, "msg_6", "not json")).ShouldBe("not readable");
        bench.Waiting().ShouldBeEmpty();
        (await bench.Read(db => db.Webhooks.CountAsync())).ShouldBe(6);
    }

    [Fact]
    public async Task A_webhook_before_the_response_has_the_same_outcome()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order));
        var own = await bench.Call(bench.Waiting());
        bench.Gateway.Conclude(order, "succeeded");
        await Receive(bench, "msg_1", Signed.Event(order));
        await bench.Drain();
        await bench.Commit(own);
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        (await bench.Branch(order)).State.ShouldBe(BranchState.Tried);
    }

    [Fact]
    public async Task The_gateway_ledger_decides_on_out_of_order_webhooks()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "succeeded");
        await Receive(bench, "msg_2", Signed.Event(order, "authorization.failed"));
        await Receive(bench, "msg_1", Signed.Event(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Money_after_the_Cancel_is_voided_once(string database)
    {
        await using var bench = await Bench.Start(database);
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "declined");
        await Receive(bench, "msg_1", Signed.Event(order, "authorization.failed"));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        (await bench.Answers(order)).ShouldBe("PaymentDeclined: declined, PaymentCancelled");

        bench.Gateway.Conclude(order, "succeeded");
        await Receive(bench, "msg_2", Signed.Event(order));
        await Receive(bench, "msg_3", Signed.Event(order));
        await bench.Heal();
        bench.Gateway.Done(order).ShouldBe("authorize, void");
        (await bench.Path(order)).ShouldBe("Trying Pending Refused Cancelled Cancelling Cancelled");
        var note = await bench.Read(db => db.Audit.AsNoTracking().SingleAsync(row => row.From == "Cancelled"));
        note.Detail.ShouldBe("late payment");
    }

    [Fact]
    public async Task Late_money_of_a_refused_branch_is_voided_without_Cancel()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        bench.Gateway.Conclude(order, "declined");
        await bench.Sweep();
        bench.Gateway.Conclude(order, "succeeded");
        await Receive(bench, "msg_1", Signed.Event(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentDeclined: declined");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Fact]
    public async Task A_hosted_payment_can_be_cancelled_with_its_page_open()
    {
        await using var bench = await Bench.Start();
        var order = await Pending(bench);
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("void");
    }

    static async Task<Guid> Pending(Bench bench)
    {
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentPending");
        var branch = await bench.Branch(order);
        (branch.Url, branch.PayBefore).ShouldBe(("http://pay/auth_1", Some.InAnHour));
        return order;
    }

    static Task<string> Receive(Bench bench, string id, string body) => bench.Get<WebhookReceiver>().Receive(GatewaySettings.Main, id, body);
}
