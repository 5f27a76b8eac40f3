using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Participants;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>Many orders in few transactions, and two processes at once.</summary>
public sealed class BatchTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Of_500_reservations_for_50_units_exactly_50_succeed(Mode mode)
    {
        var counting = new Counting();
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation, ["Limits:BatchSize=64", "Limits:ConcurrentBatches=1"], counting);
        var byTheServer = mode.Database == nameof(DatabaseMode.PostgreSql);
        if (byTheServer)
            await CountedByTheServer.Plant(host);
        async Task<(long Updates, long Commits)> Count() => byTheServer
            ? (await CountedByTheServer.Updates(host), await CountedByTheServer.Commits(host)) : (counting.StockUpdates, counting.Commits);
        await host.Receive("hot", 50);
        var before = await Count();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => host.Send(new TryReserveStock(NewId(), [new("hot", 1)]))));
        await Eventually.Holds("500 answers", () => host.Answers.Count >= 500);

        host.Answers.Count(answer => answer is StockReserved).ShouldBe(50);
        host.Answers.OfType<StockRejected>().ShouldAllBe(no => no.Reason == "sold out" && no.Lines.SequenceEqual(new[] { new RejectedLine("hot", 1, 0) }));
        var hot = await Level(host, "hot");
        (hot.Received, hot.Available, hot.Held, hot.Sold).ShouldBe((50, 0, 50, 0));

        var after = await Count();
        var (updates, commits) = (after.Updates - before.Updates, after.Commits - before.Commits);
        updates.ShouldBeInRange(1, commits, "at most one update of the sku per transaction");
        updates.ShouldBeLessThan(25, "50 orders got a unit: a batch needs one update, not one per order");
        commits.ShouldBeLessThan(250, "500 messages");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Try_and_Cancel_in_one_batch_reserve_nothing(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        await host.Receive("a", 500);
        var orders = Enumerable.Range(0, 200).Select(_ => NewId()).ToList();

        await Task.WhenAll(orders.Select(order => Task.WhenAll(
            host.Send(new CancelStock(order, "a test")), host.Send(new TryReserveStock(order, [new("a", 2)])))));
        await Eventually.Holds("two answers for each order", () => host.Answers.Count >= 400);

        foreach (var answers in host.Answers.GroupBy(answer => answer.OrderId, Commands.Text))
            string.Join(", ", answers.Order()).ShouldBeOneOf("cancelled, tried", "cancelled, refused: already cancelled");
        var level = await Level(host, "a");
        (level.Received, level.Available, level.Held, level.Sold).ShouldBe((500, 500, 0, 0));
        (await host.Read(db => db.Branches.CountAsync(branch => branch.State == BranchState.Cancelled))).ShouldBe(200);
        (await host.Failures()).ShouldBe(0);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_fence_violation_is_dead_lettered_and_changes_nothing(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        await host.Receive("a", 10);
        var order = NewId();

        await host.Send(new ConfirmStock(order));
        await host.Send(new TryReserveStock(NewId(), [new("a", -5)]));
        await host.Send(new TryReserveStock(Guid.Empty, [new("a", 1)]));
        await host.Send(new TryReserveStock(NewId(), [new("a", 3)]));
        await Eventually.Holds("two answers", () => host.Answers.Count == 2);
        await Eventually.Holds("two failed messages", async () => await host.Failures() == 2);

        var causes = await host.Read(db => db.FailedMessages.Select(row => row.Cause).ToListAsync());
        causes.ShouldAllBe(cause => cause.StartsWith("BranchViolationException: ", StringComparison.Ordinal));
        causes.ShouldContain($"BranchViolationException: Order {order}: Confirm without a Try: nothing is held for the order.");
        var level = await Level(host, "a");
        (level.Received, level.Available, level.Held, level.Sold).ShouldBe((10, 7, 3, 0));
        (await host.Read(db => db.Branches.CountAsync())).ShouldBe(2);
    }

    /// <summary>Its later answers, and those of the gateway for a payment, go where the order is now.</summary>
    [Fact]
    public async Task A_repeated_command_moves_the_branch_to_its_lane()
    {
        await using var installation = await Mode.Embedded.Fresh("inventory");
        await using var host = await TestHost.Start(installation, ["Lanes:Use=main,grey"]);
        await host.Receive("a", 10);
        var order = NewId();
        Task<string?> Lane() => host.Read(db => db.Branches.Where(branch => branch.OrderId == order).Select(branch => branch.Lane).SingleOrDefaultAsync());

        await host.SendInLane("grey", new TryReserveStock(order, [new("a", 3)]));
        await Eventually.Becomes("the branch is in the lane", Lane, lane => lane == "grey");
        await host.Send(new TryReserveStock(order, [new("a", 3)]));
        await Eventually.Holds("the answer in main", () => host.Answers.Count == 1);
        (await Lane()).ShouldBe("main");
        (await Level(host, "a")).Held.ShouldBe(3);
    }

    /// <summary>The sender receives the refusal; nothing is stored that a database could not hold.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Invalid_order_lines_are_rejected(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        await host.Receive("a", 10);
        OrderLine[][] unusable =
        [
            [new("a", -5)], [new("a", int.MaxValue)], [new("A", 1)], [new("a\0", 1)], [new("\ud800", 1)],
            [new(new string('a', 65), 1)], [new("a", 1), new("a", 1)],
            [], [.. Enumerable.Range(0, 101).Select(i => new OrderLine($"a{i}", 1))],
        ];

        foreach (var lines in unusable)
            await host.Send(new TryReserveStock(NewId(), lines));
        await host.Send(new TryReserveStock(NewId(), null!));
        await Eventually.Holds("ten answers", () => host.Answers.Count == 10);

        host.Answers.Select(Commands.Text).ShouldAllBe(text => text == "refused: the lines are not usable");
        (await host.Failures()).ShouldBe(0);
        var level = await Level(host, "a");
        (level.Received, level.Available, level.Held, level.Sold).ShouldBe((10, 10, 0, 0));
    }

    /// <summary>
    /// Both processes receive the same orders at the same time, lines in opposite order, then Cancels. No deadlock lasts, and nothing
    /// counts twice.
    /// </summary>
    [Fact]
    public async Task Two_processes_on_one_database_stay_consistent()
    {
        Assert.SkipWhen(Mode.Postgres is null, "Set ORDERSAGA_TEST_POSTGRES.");
        await using var installation = await Mode.PostgreSql.Fresh("inventory");
        await using var one = await TestHost.Start(installation);
        await using var two = await TestHost.Start(installation);
        string[] skus = ["a", "b", "c"];
        foreach (var sku in skus)
            await one.Receive(sku, 300);
        var orders = Enumerable.Range(0, 400).Select(_ => NewId()).ToList();
        var lines = skus.Select(sku => new OrderLine(sku, 1)).ToList();

        await Task.WhenAll(
            Task.WhenAll(orders.Select(order => one.Send(new TryReserveStock(order, lines)))),
            Task.WhenAll(Enumerable.Reverse(orders).Select(order => two.Send(new TryReserveStock(order, [.. Enumerable.Reverse(lines)])))));
        await Eventually.Holds("400 answers from each", () => one.Answers.Count >= 400 && two.Answers.Count >= 400, TimeSpan.FromSeconds(60));

        foreach (var host in new[] { one, two })
            host.Answers.Count(answer => answer is StockReserved).ShouldBe(300, "both processes give the same response for an order");
        var (reserved, same) = (one.Answers.OfType<StockReserved>(), two.Answers.OfType<StockReserved>());
        reserved.Select(yes => yes.OrderId).ShouldBe(same.Select(yes => yes.OrderId), ignoreOrder: true);
        foreach (var sku in skus)
            (await Level(one, sku)).ShouldSatisfyAllConditions(level => level.Held.ShouldBe(300), level => level.Available.ShouldBe(0));

        await Task.WhenAll(
            Task.WhenAll(orders.Select(order => one.Send(new CancelStock(order, "a test")))),
            Task.WhenAll(Enumerable.Reverse(orders).Select(order => two.Send(new CancelStock(order, "a test")))));
        await Eventually.Holds("all cancelled by both", () => one.Answers.Count >= 800 && two.Answers.Count >= 800, TimeSpan.FromSeconds(60));
        foreach (var sku in skus)
            (await Level(two, sku)).ShouldSatisfyAllConditions(level => level.Held.ShouldBe(0), level => level.Available.ShouldBe(300));
        (await one.Failures()).ShouldBe(0);
        (await one.Read(db => db.Audit.CountAsync(row => row.Subject == "stock branch"))).ShouldBe(800);
    }

    static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    static Task<StockLevel> Level(TestHost host, string sku) => host.Read(db => db.Stock.AsNoTracking().SingleAsync(level => level.Sku == sku));
}
