namespace OrderSaga.Payments.Tests;

/// <summary>
/// Hold: a card whose gateway got the request and cannot be asked is authorized at the other gateway too. In whatever order the answers come, the
/// order has one authorization in the end, and the other one is voided once.
/// </summary>
public sealed class HoldTests
{
    static readonly string[] Hold = [.. Bench.BackupArguments, "Routes:WhileUnknown=Hold", "Routes:MaxHoldAmount=1250"];

    public enum First
    {
        /// <summary>Got the request and did it.</summary>
        Did,

        /// <summary>Did not get the request.</summary>
        DidNot,

        /// <summary>Got it only after the other gateway had answered.</summary>
        DidLate,
    }

    public static TheoryData<string, First, bool> Ways()
    {
        var ways = new TheoryData<string, First, bool>();
        foreach (var database in Bench.Databases())
        foreach (var first in Enum.GetValues<First>())
        foreach (var cancelled in new[] { false, true })
            ways.Add(database.Data, first, cancelled);
        return ways;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_second_hold_is_voided_when_it_is_known(string database, First first, bool cancelled)
    {
        await using var bench = await Bench.Start(database, Hold);
        var sent = first switch { First.Did => Fault.LostAnswer, First.DidNot => Fault.LostRequest, _ => Fault.Delayed };
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? sent : Fault.LostRequest;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Backup.Requests.ShouldBe(0, "the gateway was not asked yet");
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized", "at the backup");
        bench.Gateway.DeliverDelayed();
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        if (cancelled)
            await bench.Deliver(Some.Cancel(order));
        await bench.Drain();

        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        for (var i = 0; i < 3; i++)
            await bench.Sweep();
        bench.Backup.Done(order).ShouldBe(cancelled ? "authorize, capture, refund" : "authorize, capture");
        bench.Gateway.Done(order).ShouldBe(first == First.DidNot ? "" : "authorize, void");
        (await bench.Branch(order)).Gateway.ShouldBe("backup");
        await Audits.ShouldBeWhole(bench, [order]);
    }

    [Fact]
    public async Task The_first_success_is_the_orders()
    {
        await using var bench = await Bench.Start("Sqlite", Hold);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.LostRequest;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Commit(await bench.Call(bench.Waiting()));
        var atBackup = await bench.Call(bench.Waiting());

        // The first gateway answers before the answer of the second is committed.
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        (await bench.Branch(order)).Gateway.ShouldBe("main");
        await bench.Commit(atBackup);
        await bench.Drain();
        bench.Backup.Done(order).ShouldBe("authorize, void");
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
        bench.Gateway.Done(order).ShouldBe("authorize, capture");
        bench.Backup.Done(order).ShouldBe("authorize, void");
    }

    [Fact]
    public async Task A_no_of_the_second_waits_for_the_first()
    {
        await using var bench = await Bench.Start("Sqlite", Hold);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.LostRequest;
        bench.Backup.Telling = row => row with { Status = "declined", Reason = "card declined" };
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Sweep();
        await bench.Sweep();
        (await bench.Answers(order)).ShouldBeEmpty("the first gateway may hold the money");
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
        (await bench.Branch(order)).Gateway.ShouldBe("main");
    }

    [Fact]
    public async Task Two_refusals_decline_the_payment()
    {
        await using var bench = await Bench.Start("Sqlite", Hold);
        bench.Gateway.Telling = bench.Backup.Telling = row => row with { Status = "declined", Reason = "card declined" };
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.LostRequest;
        var order = Some.Order();
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        await bench.Sweep();
        bench.Gateway.Faults = (_, _) => Fault.None;
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentDeclined: card declined");
        (await bench.Branch(order)).Token.ShouldBeNull();
    }

    [Theory]
    [InlineData("Routes:MaxHoldAmount=1249")]
    [InlineData("Routes:WhileUnknown=Wait")]
    public async Task Without_permission_nothing_is_held_twice(string setting)
    {
        await using var bench = await Bench.Start("Sqlite", [.. Hold, setting]);
        bench.Gateway.Faults = (operation, _) => operation == "authorize" ? Fault.LostAnswer : Fault.LostRequest;
        await bench.Deliver(Some.Try(Some.Order()));
        await bench.Heal();
        bench.Backup.Requests.ShouldBe(0);
    }
}
