using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Hosting;

namespace OrderSaga.Payments.Tests;

/// <summary>The process dies at each fail point of each operation; the sweeper of another process recovers.</summary>
public sealed class CrashTests
{
    public enum Point
    {
        AfterAttempt,
        AfterGateway,
        ResultNotCommitted,
        AfterResult,
    }

    public static TheoryData<Point, string> Matrix()
    {
        var matrix = new TheoryData<Point, string>();
        foreach (var point in Enum.GetValues<Point>())
        foreach (var operation in new[] { "authorize", "capture", "void", "refund" })
            matrix.Add(point, operation);
        return matrix;
    }

    [Theory, MemberData(nameof(Matrix))]
    public async Task The_sweeper_finishes_a_dead_processs_attempt(Point point, string operation)
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        await Before(bench, order, operation);
        await bench.TakeAnswers();

        await bench.Deliver(Command(order, operation));
        var calls = bench.Waiting();
        calls.ShouldHaveSingleItem();
        if (point >= Point.AfterGateway)
        {
            var results = await bench.Call(calls);
            if (point == Point.ResultNotCommitted)
                await Should.ThrowAsync<Crash>(() => NotCommitted(bench, results));
            if (point == Point.AfterResult)
                await bench.Commit(results);
        }

        // A second process starts: it has only the database, and the command arrives again.
        await bench.Deliver(Command(order, operation));
        bench.Waiting();
        await bench.Heal();
        (await bench.TakeAnswers())[order].Distinct().ShouldBe([operation switch
        {
            "authorize" => "PaymentAuthorized",
            "capture" => "PaymentConfirmed",
            _ => "PaymentCancelled",
        }]);
        bench.Gateway.Done(order).ShouldBe(operation switch
        {
            "authorize" => "authorize",
            "capture" => "authorize, capture",
            "void" => "authorize, void",
            _ => "authorize, capture, refund",
        });
        await Audits.ShouldBeWhole(bench, [order]);
    }

    [Fact]
    public async Task A_lease_from_a_fast_clock_does_not_delay_the_attempt()
    {
        await using var bench = await Bench.Start();
        var order = Some.Order();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.Deliver(Some.Try(order));
        bench.Waiting();
        bench.Clock.Advance(-TimeSpan.FromHours(1));
        await bench.Get<AttemptSweeper>().Sweep();
        await bench.Drain();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized");
    }

    [Fact]
    public async Task A_sweep_reads_bounded_pages_and_ends()
    {
        await using var bench = await Bench.Start("Sqlite", "--Payments:SweepPageSize=10");
        var orders = Enumerable.Range(0, 35).Select(_ => Some.Order()).ToList();
        await bench.Deliver(orders.ConvertAll(order => (IOrderMessage)Some.Try(order)));
        bench.Waiting();
        bench.Clock.Advance(TimeSpan.FromSeconds(31));
        var pages = new List<int>();
        while (pages.LastOrDefault(1) > 0)
            pages.Add(await bench.Get<AttemptSweeper>().Sweep());
        pages.ShouldBe([10, 10, 10, 5, 0]);
        await bench.Drain();
        (await bench.Read(db => db.Branches.CountAsync(row => row.State == BranchState.Tried))).ShouldBe(35);
    }

    [Fact]
    public async Task A_call_that_waited_too_long_is_left_to_the_sweeper()
    {
        await using var bench = await Bench.Start();
        await bench.Deliver(Some.Try(Some.Order()));
        var call = bench.Waiting().ShouldHaveSingleItem();
        bench.Get<CallQueue>().IsStale(call).ShouldBeFalse();
        bench.Clock.Advance(TimeSpan.FromSeconds(8));
        bench.Get<CallQueue>().IsStale(call).ShouldBeTrue();
    }

    [Fact]
    public async Task Calls_of_a_removed_lane_count_as_calls_of_main()
    {
        await using var bench = await Bench.Start();
        await bench.Deliver(Some.Try(Some.Order()));
        var call = bench.Waiting().ShouldHaveSingleItem() with { Merchant = "busy" };
        using var queue = new CallQueue([GatewaySettings.Main], new PaymentsSettings { MaxConcurrentCalls = 5 }, new LaneSettings(), bench.Clock);
        foreach (var lane in new[] { "removed", "main", "removed", "main", "removed", "main" })
            queue.Add(call with { Lane = lane });
        var taken = 0;
        while (queue.TryTake(out var ready))
        {
            ready.Call.Lane.ShouldBe("main");
            taken++;
        }

        taken.ShouldBe(4, "four fifths of five");
    }

    [Fact]
    public async Task Hanging_calls_of_a_merchant_leave_room_for_others()
    {
        await using var bench = await Bench.Start("Sqlite", "Payments:MaxConcurrentCalls=5");
        var (busy, other) = (Enumerable.Range(0, 6).Select(_ => Some.Order()).ToList(), Some.Order());
        await bench.Deliver([.. busy.Select(order => Some.Try(order) with { Merchant = "busy" }), Some.Try(other) with { Merchant = "other" }]);
        var queue = bench.Get<CallQueue>();
        List<ReadyCall> hanging = [];
        while (queue.TryTake(out var ready))
            hanging.Add(ready);
        hanging.Select(ready => ready.Call.Call.OrderId).ShouldBe([.. busy.Take(4), other], "four fifths, and the call of the other merchant");

        await bench.Commit(await bench.Call([hanging[^1].Call]));
        hanging[^1].Permit.Dispose();
        await bench.Deliver(Some.Confirm(other));
        queue.TryTake(out var capture).ShouldBeTrue();
        capture.Call.Merchant.ShouldBe("other", "the branch keeps its merchant");

        hanging[0].Permit.Dispose();
        await Eventually.Holds("the next call of the busy merchant has its turn",
            () => Task.FromResult(queue.TryTake(out var next) && next.Call.Call.OrderId == busy[4]));
    }

    static async Task Before(Bench bench, Guid order, string operation)
    {
        if (operation == "authorize")
            return;
        await bench.Deliver(Some.Try(order));
        await bench.Drain();
        if (operation != "refund")
            return;
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
    }

    static IOrderMessage Command(Guid order, string operation) => operation switch
    {
        "authorize" => Some.Try(order),
        "capture" => Some.Confirm(order),
        _ => Some.Cancel(order),
    };

    /// <summary>The third step is done except for its commit.</summary>
    static Task NotCommitted(Bench bench, CallResult[] results) => bench.UnitOfWork.Run(async work =>
    {
        await bench.Resolve<PaymentRows>(work).Load(work, results.Select(result => result.Queued.Call.OrderId));
        foreach (var result in results)
            await bench.Resolve<PaymentFence>(work).ApplyGatewayAnswer(result);
        throw new Crash();
    });
}
