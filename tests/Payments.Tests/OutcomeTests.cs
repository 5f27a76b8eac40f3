namespace OrderSaga.Payments.Tests;

/// <summary>Each behaviour of the gateway, and the final response to the saga.</summary>
public sealed class OutcomeTests
{
    public static TheoryData<string> Databases() => Bench.Databases();

    [Theory, MemberData(nameof(Databases))]
    public async Task A_card_is_authorized_then_captured(string database)
    {
        await using var bench = await Bench.Start(database);
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        (await bench.Answers(order)).ShouldBeEmpty("the gateway has not answered");
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");

        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentConfirmed");
        bench.Gateway.Done(order).ShouldBe("authorize, capture");
        (await bench.Path(order)).ShouldBe("Trying Tried Confirming Confirmed");
        (await bench.Branch(order)).Token.ShouldBeNull("the card is forgotten as soon as it is not needed");
    }

    [Fact]
    public async Task A_declined_card_needs_no_gateway_call_on_Cancel()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, "tok_declined"));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentDeclined: card declined");
        await bench.Deliver(Some.Try(order, "tok_declined"));
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentDeclined: card declined, PaymentCancelled");
        bench.Gateway.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Cancel_voids_the_authorization_of_a_declined_capture()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, "tok_capture_refused"));
        await bench.Drain();
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        await bench.Deliver(Some.Confirm(order));
        const string Refused = "PaymentRefused: capture refused by the issuer";
        (await bench.Answers(order)).ShouldBe($"PaymentAuthorized, {Refused}, {Refused}");
        await bench.Deliver(Some.Cancel(order));
        (await bench.Answers(order)).ShouldBeEmpty("the void is not confirmed");
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        await bench.Deliver(Some.Confirm(order));
        (await bench.Answers(order)).ShouldBe(Refused, "a late Confirm is the refused one");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
        (await bench.Path(order)).ShouldBe("Trying Tried Confirming CaptureRefused Cancelling Cancelled");
    }

    [Theory]
    [InlineData(nameof(Fault.LostRequest))]
    [InlineData(nameof(Fault.LostAnswer))]
    [InlineData(nameof(Fault.ErrorAfter))]
    [InlineData(nameof(Fault.ErrorBefore))]
    public async Task An_unanswered_call_is_resolved_by_key_and_done_once(string name)
    {
        var fault = Enum.Parse<Fault>(name);
        await using var bench = await Bench.Start();
        var seen = new HashSet<string>();
        bench.Gateway.Faults = (operation, key) => operation != "find" && seen.Add(key) ? fault : Fault.None;
        var order = Some.Order();
        foreach (var message in new IOrderMessage[] { Some.Try(order), Some.Confirm(order), Some.Cancel(order) })
        {
            await bench.Deliver(message);
            await bench.Drain();
            (await bench.Answers(order)).ShouldBeEmpty("nothing is known");
            await bench.Sweep();
            (await bench.Answers(order)).ShouldBe(message switch
            {
                TryAuthorizePayment => "PaymentAuthorized",
                ConfirmPayment => "PaymentConfirmed",
                _ => "PaymentCancelled",
            });
        }

        bench.Gateway.Done(order).ShouldBe("authorize, capture, refund");
        (await bench.Path(order)).ShouldBe("Trying Tried Confirming Confirmed Cancelling Cancelled");
    }

    [Fact]
    public async Task A_silent_gateway_call_times_out_and_is_queried_later()
    {
        await using var bench = await Bench.Start("Sqlite", "--Payments:CallTimeoutMilliseconds=100");
        bench.Gateway.Faults = (operation, _) => operation == "find" ? Fault.None : Fault.Hang;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        var attempt = await bench.Attempt(order, Operation.Authorize);
        attempt.State.ShouldBe(AttemptState.Unknown);
        attempt.Error.ShouldNotBeNull().ShouldContain("Timeout");
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Done(order).ShouldBe("authorize");
    }

    [Fact]
    public async Task A_gateway_outage_backs_off_and_abandons_nothing()
    {
        await using var bench = await Bench.Start();
        bench.Gateway.Faults = (_, _) => Fault.ErrorBefore;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        var waits = new List<double>();
        for (var attempt = 0; attempt < 12; attempt++)
        {
            waits.Add(((await bench.Attempt(order, Operation.Authorize)).NextAttemptAt!.Value - bench.Clock.GetUtcNow().UtcDateTime).TotalSeconds);
            await bench.Sweep();
        }

        waits[0].ShouldBeInRange(0.25, 0.5);
        waits[3].ShouldBeGreaterThan(waits[0]);
        waits.Max().ShouldBeInRange(2.5, 5);
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
    }

    [Fact]
    public async Task The_circuit_breaker_stops_calls_to_a_silent_gateway()
    {
        await using var bench = await Bench.Start("Sqlite", "--Payments:BreakerMinimumThroughput=4");
        bench.Gateway.Faults = (_, _) => Fault.ErrorBefore;
        for (var i = 0; i < 4; i++)
            await bench.Deliver(Some.Try(Some.Order()));
        await bench.Drain();
        var before = bench.Gateway.Requests;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Gateway.Requests.ShouldBe(before);
        (await bench.Attempt(order, Operation.Authorize)).Error.ShouldNotBeNull().ShouldContain("BrokenCircuit");
    }

    [Fact]
    public async Task A_malformed_call_is_declined_if_the_gateway_has_no_record()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        bench.Gateway.Malformed = true;
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentDeclined: the gateway refused the payment request");
    }

    [Fact]
    public async Task A_response_with_another_amount_is_never_recorded()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.None;
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Gateway.Rewrite(ledger => ledger[0] = ledger[0] with { Amount = 1 });
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBeEmpty();
        (await bench.Attempt(order, Operation.Authorize)).Error.ShouldNotBeNull().ShouldContain("1 EUR");
    }

    /// <summary>Before the gateway was queried, and after it.</summary>
    [Theory]
    [InlineData(1, false), InlineData(1, true)]
    [InlineData(99_999, false), InlineData(99_999, true)]
    public async Task Another_amount_is_authorized_and_voided_on_Cancel(long amount, bool queried)
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.None;
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Gateway.Rewrite(ledger => ledger[0] = ledger[0] with { Amount = amount });
        if (queried)
            await bench.Sweep();

        await bench.Deliver(Some.Cancel(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(9999)]
    public async Task Another_amount_is_captured_and_refunded_on_Cancel(long amount)
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Gateway.Faults = (operation, _) => operation == "capture" ? Fault.LostAnswer : Fault.None;
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        bench.Gateway.Rewrite(ledger => ledger[^1] = ledger[^1] with { Amount = amount });
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");

        await bench.Deliver(Some.Cancel(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Ledger.Single(row => row.Operation == "refund").Amount.ShouldBe(amount);
    }

    [Fact]
    public async Task Answers_with_another_amount_open_no_circuit()
    {
        await using var bench = await Bench.Start("Sqlite", "--Payments:BreakerMinimumThroughput=6");
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.None;
        foreach (var several in Enumerable.Range(0, 10).Chunk(5))
        {
            foreach (var _ in several)
                await bench.Deliver(Some.Try(Some.Order()));
            await bench.Drain();
            // Lost answers open the circuit, so fewer than its minimum in its window.
            bench.Clock.Advance(TimeSpan.FromSeconds(31));
        }

        bench.Gateway.Faults = (_, _) => Fault.None;
        bench.Gateway.Rewrite(ledger =>
        {
            for (var i = 0; i < ledger.Count; i++)
                ledger[i] = ledger[i] with { Amount = 1 };
        });
        await bench.Sweep();
        var healthy = Some.Order();
        await bench.Deliver(Some.Try(healthy));
        await bench.Drain();
        (await bench.Answers(healthy)).ShouldBe("PaymentAuthorized");
    }
}
