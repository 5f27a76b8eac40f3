namespace OrderSaga.Payments.Tests;

/// <summary>A Cancel during a call in progress, and money that arrives after it.</summary>
public sealed class CancelTests
{
    public static TheoryData<string> Databases() => Bench.Databases();

    [Theory, MemberData(nameof(Databases))]
    public async Task Cancel_during_an_unknown_authorization_voids_it_once(string database)
    {
        await using var bench = await Bench.Start(database);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order), Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBeEmpty("money may be held");
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
        (await bench.Path(order)).ShouldBe("Trying Trying Cancelling Cancelled");
    }

    [Fact]
    public async Task Cancel_of_a_lost_authorization_waits_for_the_gateway()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (operation, _) => operation == "authorize" && bench.Gateway.Requests == 1 ? Fault.LostRequest : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("authorize, void", "sent again with the same key, so that no stray request can hold money later");
    }

    [Fact]
    public async Task Cancel_of_a_declined_authorization_needs_no_void()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, "tok_declined"));
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("tok_ok", "authorize, capture, refund")]
    [InlineData("tok_capture_refused", "authorize, void")]
    public async Task Cancel_during_an_unknown_capture_refunds_it(string token, string ledger)
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (operation, _) => operation == "capture" ? Fault.LostAnswer : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, token));
        await bench.Drain();
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe(ledger);
    }

    [Fact]
    public async Task A_refused_void_raises_an_alarm_and_the_next_Cancel_retries()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, "tok_stuck"));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized", "no false response is given");
        (await bench.Branch(order)).State.ShouldBe(BranchState.Cancelling);

        bench.Gateway.Rewrite(ledger => ledger[1] = ledger[1] with { Status = "succeeded" });
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled", "it was voided manually at the gateway");
    }

    [Fact]
    public async Task Voiding_an_expired_authorization_succeeds()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Hosted(order));
        await bench.Drain();
        bench.Gateway.Conclude(order, "expired");
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentPending, PaymentCancelled");
        bench.Gateway.Done(order).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_processes_with_one_attempt_move_money_once()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        var first = await bench.Call(bench.Waiting());
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await bench.Get<AttemptSweeper>().Sweep();
        var second = await bench.Call(bench.Waiting());
        await bench.Commit(second);
        await bench.Commit(first);
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Done(order).ShouldBe("authorize");
    }

    [Fact]
    public async Task A_process_without_its_lease_cannot_record_a_timeout()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        var late = await bench.Call(bench.Waiting());
        await bench.Sweep();
        await bench.Commit(late);
        (await bench.Attempt(order, Operation.Authorize)).State.ShouldBe(AttemptState.Succeeded);
        (await bench.Path(order)).ShouldBe("Trying Tried");
    }
}
