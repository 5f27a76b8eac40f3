namespace OrderSaga.Payments.Tests;

/// <summary>
/// A gateway got no request, or has it on its way, and does not know the order when it is asked. Only a closed key makes that certain.
/// </summary>
public sealed class ClosedKeyTests
{
    static readonly string[] CanClose = [.. Bench.BackupArguments, "Gateway:CanCloseKeys=true", "Gateways:backup:CanCloseKeys=true"];

    public static TheoryData<string> Databases() => Bench.Databases();

    /// <summary>The request is still on its way when the gateway is asked: the closed key refuses it.</summary>
    [Theory, MemberData(nameof(Databases))]
    public async Task A_closed_key_makes_an_unknown_order_free_to_go(string database)
    {
        await using var bench = await Bench.Start(database, CanClose);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.Delayed : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Sweep();
        bench.Gateway.DeliverDelayed();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Ledger.ShouldHaveSingleItem().Status.ShouldBe("closed");
        bench.Backup.Done(order).ShouldBe("authorize");
        (await bench.Attempt(order, Operation.Authorize)).State.ShouldBe(AttemptState.Declined);
        (await bench.Attempt(order, Operation.Authorize)).NextAttemptAt.ShouldBeNull("a closed key needs no more questions");
        await Audits.ShouldBeWhole(bench, [order]);
    }

    [Fact]
    public async Task A_request_that_arrives_before_the_close_counts()
    {
        await using var bench = await Bench.Start("Sqlite", CanClose);
        bench.Gateway.Faults = (operation, _) =>
        {
            if (operation == "close")
                bench.Gateway.DeliverDelayed();
            return operation == "authorize" ? Fault.Delayed : Fault.None;
        };
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Done(order).ShouldBe("authorize");
        bench.Backup.Requests.ShouldBe(0);
    }

    [Fact]
    public async Task Not_known_without_a_closed_key_is_not_certain()
    {
        await using var bench = await Bench.Start("Sqlite", Bench.BackupArguments);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.Delayed : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Sweep();
        bench.Backup.Requests.ShouldBe(0);
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        bench.Gateway.DeliverDelayed();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Gateway.Done(order).ShouldBe("authorize", "the same key, once");
        bench.Backup.Requests.ShouldBe(0);
    }

    /// <summary>The process dies after the gateway has closed the key; the next one finds it closed.</summary>
    [Fact]
    public async Task A_crash_after_the_close_loses_nothing()
    {
        await using var bench = await Bench.Start("Sqlite", CanClose);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.Delayed : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Call(bench.Waiting());
        bench.Gateway.Ledger.ShouldHaveSingleItem().Status.ShouldBe("closed");
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        bench.Backup.Done(order).ShouldBe("authorize");
    }

    [Fact]
    public async Task A_cancelled_unknown_order_is_closed_not_authorized()
    {
        await using var bench = await Bench.Start("Sqlite", CanClose);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.Delayed : Fault.None;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Deliver(Some.Cancel(order));
        await bench.Sweep();
        bench.Gateway.DeliverDelayed();
        (await bench.Answers(order)).ShouldBe("PaymentCancelled");
        bench.Gateway.Done(order).ShouldBeEmpty();
        bench.Backup.Requests.ShouldBe(0);
    }
}
