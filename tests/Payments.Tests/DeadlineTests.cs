namespace OrderSaga.Payments.Tests;

/// <summary>After the deadline nothing is authorized or captured, whatever was unavailable until then.</summary>
public sealed class DeadlineTests
{
    const string TimeIsOver = PaymentRule.TimeIsOver;

    [Fact]
    public async Task No_authorization_is_requested_after_the_deadline()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.Deliver(Card(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {TimeIsOver}");
        bench.Gateway.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData(nameof(Some.Try))]
    [InlineData(nameof(Some.Hosted))]
    public async Task A_gateway_back_after_the_deadline_is_only_queried(string way)
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.LostRequest;
        var order = Some.Order();
        await bench.Deliver(way == nameof(Some.Try) ? Card(order) : Some.Hosted(order));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {TimeIsOver}");
        await bench.Deliver(Some.Cancel(order));
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Ledger.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_queued_past_its_deadline_is_not_sent()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        bench.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromSeconds(1));
        await bench.Deliver(Card(order));
        bench.Clock.Advance(TimeSpan.FromSeconds(2));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {TimeIsOver}");
        bench.Gateway.Ledger.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_late_stray_authorization_is_voided_once()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.LostRequest;
        var order = Some.Order();
        await bench.Deliver(Card(order));
        await bench.Drain();
        var stray = bench.Gateway.Ledger.Single();
        bench.Gateway.Rewrite(ledger => ledger.Clear());
        bench.Gateway.Faults = (_, _) => Fault.None;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {TimeIsOver}");

        bench.Gateway.Rewrite(ledger => ledger.Add(stray));
        for (var hour = 0; hour < 25; hour++)
            await bench.Sweep(TimeSpan.FromHours(1));
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Fact]
    public async Task A_capture_not_made_in_time_is_refused()
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        bench.Gateway.Faults = (_, _) => Fault.LostRequest;
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe($"PaymentAuthorized, PaymentRefused: {TimeIsOver}");
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Fact]
    public async Task A_timely_capture_counts_however_late_it_is_reported()
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        bench.Gateway.Faults = (operation, _) => operation == "capture" ? Fault.LostAnswer : Fault.LostRequest;
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromHours(2));
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentConfirmed");
        bench.Gateway.Done(order).ShouldBe("authorize, capture");
    }

    [Theory]
    [InlineData(19, "PaymentConfirmed")]
    [InlineData(21, "PaymentRefused: " + TimeIsOver)]
    public async Task A_capture_is_sent_until_its_safety_margin(int secondsAfter, string answer)
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        bench.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(secondsAfter));
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe($"PaymentAuthorized, {answer}");
    }

    [Fact]
    public async Task A_capture_is_not_sent_after_a_Cancel()
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        bench.Gateway.Faults = (operation, _) => operation == "capture" ? Fault.LostRequest : Fault.None;
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Fact]
    public async Task A_pending_payment_missing_at_the_gateway_stays_pending()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order));
        await bench.Drain();
        List<GatewayOperation> hidden = [];
        bench.Gateway.Rewrite(ledger => { hidden.AddRange(ledger); ledger.Clear(); });
        await bench.Sweep();
        (await bench.Branch(order)).State.ShouldBe(BranchState.Pending);
        bench.Gateway.Rewrite(ledger => ledger.AddRange(hidden));
        bench.Gateway.Conclude(order, "succeeded");
        await bench.Sweep(TimeSpan.FromHours(1));
        (await bench.Answers(order)).ShouldBe("PaymentPending, PaymentAuthorized");
    }

    static TryAuthorizePayment Card(Guid order) => Some.Try(order) with { PayBefore = Some.InAnHour };

    static async Task<Guid> Authorized(Bench bench)
    {
        var order = Some.Order();
        await bench.Deliver(Card(order));
        await bench.Drain();
        return order;
    }
}
