namespace OrderSaga.Payments.Tests;

/// <summary>When it is certain that an authorization was never sent, and what follows with a single gateway.</summary>
public sealed class NotSentTests
{
    [Fact]
    public async Task Without_a_connection_nothing_was_sent()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        (await bench.Attempt(order, Operation.Authorize)).State.ShouldBe(AttemptState.NotSent);
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Requests.ShouldBe(2, "the gateway need not be asked first");
        await Audits.ShouldBeWhole(bench, [order]);
    }

    [Theory]
    [InlineData(nameof(Fault.LostRequest))]
    [InlineData(nameof(Fault.Hang))]
    [InlineData(nameof(Fault.ErrorBefore))]
    public async Task A_request_that_was_begun_is_unknown(string fault)
    {
        await using var bench = await Bench.Start("Sqlite", "Payments:CallTimeoutMilliseconds=50");
        bench.Gateway.Faults = (_, _) => Enum.Parse<Fault>(fault);
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        (await bench.Attempt(order, Operation.Authorize)).State.ShouldBe(AttemptState.Unknown);
    }

    [Fact]
    public async Task A_request_once_sent_is_never_not_sent_again()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        await bench.Sweep();
        (await bench.Attempt(order, Operation.Authorize)).State.ShouldBe(AttemptState.Unknown);
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Done(order).ShouldBe("authorize");
    }

    [Fact]
    public async Task A_call_that_died_with_its_process_is_asked_for()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();

        // Sent again; the process dies before it can record the answer.
        bench.Gateway.Faults = (_, _) => Fault.None;
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Call(bench.Waiting());
        (await bench.Attempt(order, Operation.Authorize)).IsNeverSent.ShouldBeFalse("it has a lease");
        await bench.Sweep();
        bench.Gateway.Requests.ShouldBe(3, "not sent, sent, asked");
        bench.Gateway.Done(order).ShouldBe("authorize");
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
    }

    [Fact]
    public async Task A_result_without_its_lease_is_not_certain()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        var late = await bench.Call(bench.Waiting());
        bench.Gateway.Faults = (operation, _) => operation == "find" ? Fault.LostRequest : Fault.None;
        await bench.Sweep();
        await bench.Commit(late);
        (await bench.Attempt(order, Operation.Authorize)).State.ShouldBe(AttemptState.Unknown);
    }

    [Fact]
    public async Task Cancel_of_a_payment_that_was_never_sent_ends_it()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        (await bench.Answers(order)).ShouldBe("PaymentCancelled", "the gateway need not be reachable");
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        bench.Gateway.Ledger.ShouldBeEmpty();
        (await bench.Attempt(order, Operation.Authorize)).NextAttemptAt.ShouldBeNull();
    }

    [Fact]
    public async Task Cancel_during_a_call_waits_for_its_answer()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Deliver(Some.Cancel(order));
        (await bench.Answers(order)).ShouldBeEmpty("the call is in progress");
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Fact]
    public async Task What_was_never_sent_in_time_is_declined()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order) with { PayBefore = Some.InAnHour });
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {PaymentRule.TimeIsOver}", "the gateway need not be reachable");
    }

    [Fact]
    public async Task An_open_breaker_sends_nothing()
    {
        await using var bench = await Bench.Start("Sqlite", "Payments:BreakerMinimumThroughput=2");
        bench.Gateway.Faults = (_, _) => Fault.ErrorBefore;
        await bench.Deliver(Some.Try(Some.Order()), Some.Try(Some.Order()));
        await bench.Drain();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        var attempt = await bench.Attempt(order, Operation.Authorize);
        attempt.State.ShouldBe(AttemptState.NotSent);
        attempt.Error.ShouldNotBeNull().ShouldContain("BrokenCircuit");
    }

    [Fact]
    public async Task With_Decline_the_order_is_told_at_once()
    {
        await using var bench = await Bench.Start("Sqlite", "Routes:WhenNone=Decline");
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {RouteRule.NoWay}");
        (await bench.Branch(order)).State.ShouldBe(BranchState.Refused);
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        bench.Gateway.Ledger.ShouldBeEmpty();
    }

    /// <summary>The real handler, at addresses where no connection comes to be.</summary>
    [Theory]
    [InlineData("http://gateway.invalid/")]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("https://127.0.0.1:1/")]
    public async Task A_connection_that_fails_never_begins_the_body(string address) => (await IsBegun(address)).ShouldBeFalse();

    [Fact]
    public async Task A_failed_TLS_handshake_never_begins_the_body()
    {
        await using var receiver = await HttpReceiver.Start("POST /");
        (await IsBegun(receiver.Root.Replace("http:", "https:", StringComparison.Ordinal))).ShouldBeFalse();
        (await IsBegun(receiver.Root)).ShouldBeTrue();
        receiver.Taken.Count.ShouldBe(1);
    }

    static async Task<bool> IsBegun(string address)
    {
        using var http = new HttpClient();
        using var body = new WatchedBody(new ByteArrayContent([1, 2, 3]));
        try
        {
            (await http.PostAsync(address, body)).Dispose();
        }
        catch (HttpRequestException)
        {
            body.Begun.ShouldBeFalse();
        }

        return body.Begun;
    }
}
