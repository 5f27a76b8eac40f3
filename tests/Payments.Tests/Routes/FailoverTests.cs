namespace OrderSaga.Payments.Tests;

/// <summary>Two gateways: an order goes to the second one only if the first certainly holds no money for it and never will.</summary>
public sealed class FailoverTests
{
    public static TheoryData<string> Databases() => Bench.Databases();

    static readonly string[] CanClose = [.. Bench.BackupArguments, "Gateway:CanCloseKeys=true", "Gateways:backup:CanCloseKeys=true"];

    [Theory, MemberData(nameof(Databases))]
    public async Task What_was_never_sent_goes_to_the_backup_at_once(string database)
    {
        await using var bench = await Bench.Start(database, Bench.BackupArguments);
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentConfirmed");
        (await bench.Branch(order)).Gateway.ShouldBe("backup");
        bench.Gateway.Ledger.ShouldBeEmpty();
        bench.Backup.Ledger.Select(row => row.IdempotencyKey).ShouldBe([$"{order}:payment:authorize:2", $"{order}:payment:capture:2"]);
        (await bench.Path(order)).ShouldBe("Trying Trying Tried Confirming Confirmed");
        await Audits.ShouldBeWhole(bench, [order]);
    }

    [Fact]
    public async Task Capture_and_refund_stay_where_the_money_is()
    {
        await using var bench = await Bench.Start("Sqlite", Bench.BackupArguments);
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        await bench.Deliver(Some.Confirm(order));
        await bench.Heal();
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentConfirmed, PaymentCancelled");
        bench.Gateway.Done(order).ShouldBe("authorize, capture, refund");
        bench.Backup.Requests.ShouldBe(0);
    }

    [Theory]
    [InlineData("tok_soft_declined", "issuer unavailable", 1)]
    [InlineData("tok_soft_declined", "another reason;ISSUER UNAVAILABLE", 1)]
    [InlineData("tok_soft_declined", "another reason", 0)]
    [InlineData("tok_soft_declined", "", 0)]
    [InlineData("tok_declined", "issuer unavailable", 0)]
    public async Task Only_a_listed_decline_goes_to_the_backup_once(string token, string soft, int calls)
    {
        await using var bench = await Bench.Start("Sqlite", [.. Bench.BackupArguments, $"Gateway:SoftDeclines={soft}", $"Gateways:backup:SoftDeclines={soft}"]);
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, token));
        await bench.Drain();
        await bench.Heal();
        bench.Backup.Requests.ShouldBe(calls);
        (await bench.Answers(order)).ShouldStartWith("PaymentDeclined: ");
        await bench.Deliver(Some.Cancel(order));
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
    }

    [Fact]
    public async Task An_unanswered_order_waits_for_its_gateway()
    {
        await using var bench = await Bench.Start("Sqlite", CanClose);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.LostRequest;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Heal();
        bench.Backup.Requests.ShouldBe(0, "the first gateway may hold the money");
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Done(order).ShouldBe("authorize");
        bench.Backup.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task With_no_gateway_the_order_takes_the_first_one_back()
    {
        foreach (var back in new[] { "main", "backup" })
        {
            await using var bench = await Bench.Start("Sqlite", Bench.BackupArguments);
            bench.Gateway.Faults = bench.Backup.Faults = (_, _) => Fault.NoConnection;
            var order = Some.Order();
            await bench.Deliver(Some.Try(order));
            await bench.Drain();
            for (var i = 0; i < 4; i++)
                await bench.Sweep();
            (await bench.Answers(order)).ShouldBeEmpty();
            (back == "main" ? bench.Gateway : bench.Backup).Faults = (_, _) => Fault.None;
            await bench.Sweep();
            await bench.Sweep();
            (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
            (await bench.Branch(order)).Gateway.ShouldBe(back);
            bench.Gateway.Done(order).ShouldBe(back == "main" ? "authorize" : "");
            bench.Backup.Done(order).ShouldBe(back == "backup" ? "authorize" : "");
            await Audits.ShouldBeWhole(bench, [order]);
        }
    }

    [Fact]
    public async Task With_Decline_and_no_gateway_the_goods_are_free()
    {
        await using var bench = await Bench.Start("Sqlite", [.. Bench.BackupArguments, "Routes:WhenNone=Decline"]);
        bench.Gateway.Faults = bench.Backup.Faults = (_, _) => Fault.NoConnection;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe($"PaymentDeclined: {RouteRule.NoWay}");
        bench.Gateway.Faults = bench.Backup.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (bench.Gateway.Ledger.Count + bench.Backup.Ledger.Count).ShouldBe(0);
    }

    [Fact]
    public async Task A_hosted_payment_moves_until_its_page_is_shown()
    {
        await using var bench = await Bench.Start("Sqlite", Bench.BackupArguments);
        bench.Gateway.Faults = (_, _) => Fault.NoConnection;
        var (moved, shown) = (Some.Order(), Some.Order());
        await bench.Deliver(Some.Hosted(moved));
        await bench.Drain();
        (await bench.Answers(moved)).ShouldBe("PaymentPending");
        bench.Backup.Conclude(moved, "succeeded");
        await bench.Sweep();
        (await bench.Answers(moved)).ShouldBe("PaymentAuthorized");

        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Deliver(Some.Hosted(shown));
        await bench.Drain();
        bench.Gateway.Conclude(shown, "declined");
        await bench.Sweep();
        (await bench.Answers(shown)).ShouldBe("PaymentPending, PaymentDeclined: declined");
        bench.Backup.Done(shown).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_order_that_begins_at_the_backup_has_the_first_key()
    {
        await using var bench = await Bench.Start("Sqlite", [.. Bench.BackupArguments, "Routes:WarmPercent=100"]);
        var (order, moved) = (Some.Order(), Some.Order());
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Backup.Ledger.ShouldHaveSingleItem().IdempotencyKey.ShouldBe($"{order}:payment:authorize");
        bench.Backup.Faults = (_, _) => Fault.NoConnection;
        await bench.Deliver(Some.Try(moved));
        await bench.Drain();
        bench.Gateway.Ledger.ShouldHaveSingleItem().IdempotencyKey.ShouldBe($"{moved}:payment:authorize:2");
    }

    /// <summary>A gateway that contradicts itself: it declined softly, and authorizes after all.</summary>
    [Fact]
    public async Task Money_at_the_other_gateway_is_voided_once()
    {
        await using var bench = await Bench.Start("Sqlite", [.. Bench.BackupArguments, "Gateway:SoftDeclines=issuer unavailable"]);
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, "tok_soft_declined"));
        bench.Backup.Telling = row => row with { Status = "succeeded", Reason = null };
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        var authorization = bench.Gateway.Ledger.Single();
        bench.Gateway.Rewrite(ledger => ledger[0] = authorization with { Status = "succeeded", Reason = null });
        for (var i = 0; i < 2; i++)
        {
            var body = Signed.Event(order, authorizationId: authorization.Id!);
            await bench.Get<WebhookReceiver>().Receive("main", $"msg_{i}", body);
            await bench.Drain();
        }

        bench.Gateway.Done(order).ShouldBe("authorize, void");
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        bench.Backup.Done(order).ShouldBe("authorize, capture");
        bench.Gateway.Done(order).ShouldBe("authorize, void");
        (await bench.Path(order)).ShouldBe("Trying Trying Tried Confirming Confirmed");
        await Audits.ShouldBeWhole(bench, [order]);
    }

    [Fact]
    public async Task A_removed_gateway_still_completes_its_orders()
    {
        await using var bench = await Bench.Start("Sqlite", [.. Bench.BackupArguments, "Routes:WarmPercent=100"]);
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Get<RouteSettings>().Order = "main";
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        bench.Backup.Done(order).ShouldBe("authorize, capture");
        bench.Gateway.Requests.ShouldBe(0);
    }
}
