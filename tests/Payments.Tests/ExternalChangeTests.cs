namespace OrderSaga.Payments.Tests;

/// <summary>Manual operations at the gateway are found, whatever the response to our own key was, and captured money is refunded.</summary>
public sealed class ExternalChangeTests
{
    [Theory]
    [InlineData("void")]
    [InlineData("refund")]
    public async Task A_manual_operation_overrides_our_declined_attempt(string undo)
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench, "tok_stuck");
        if (undo == "refund")
            await Confirm(bench, order);
        await Cancel(bench, order);
        (await bench.Branch(order)).State.ShouldBe(BranchState.Cancelling, "the gateway declines");

        ByHand(bench, order, undo, 1250);
        await Cancel(bench, order);
        (await bench.Answers(order)).ShouldEndWith("PaymentCancelled");
        (await bench.Branch(order)).State.ShouldBe(BranchState.Cancelled);
    }

    [Fact]
    public async Task A_manual_partial_capture_is_refunded_on_Cancel()
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        ByHand(bench, order, "capture", 1000);
        await Confirm(bench, order);
        (await bench.Attempt(order, Operation.Capture)).Error.ShouldNotBeNull().ShouldContain("the gateway captured 1000 of 1250 EUR");

        await bench.Deliver(Some.Cancel(order));
        await bench.Heal();
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentCancelled");
        Refunded(bench, order).ShouldBe([1000]);
        var branch = await bench.Branch(order);
        (branch.State, branch.CapturedAmount).ShouldBe((BranchState.Cancelled, 1000));
        (await bench.Path(order)).ShouldBe("Trying Tried Confirming Confirming Cancelling Cancelled");
    }

    [Theory]
    [InlineData(1250)]
    [InlineData(1000)]
    public async Task A_manual_capture_before_the_void_is_refunded(long amount)
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        ByHand(bench, order, "capture", amount);
        await Cancel(bench, order);
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentCancelled");
        Refunded(bench, order).ShouldBe([amount]);
    }

    [Fact]
    public async Task Two_manual_partial_refunds_count_as_one()
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        await Confirm(bench, order);
        ByHand(bench, order, "refund", 1000);
        ByHand(bench, order, "refund", 250);
        await Cancel(bench, order);
        (await bench.Answers(order)).ShouldEndWith("PaymentCancelled");
        Refunded(bench, order).ShouldBe([1000, 250]);
    }

    [Fact]
    public async Task A_full_manual_capture_completes_the_Confirm()
    {
        await using var bench = await Bench.Start();
        var order = await Authorized(bench);
        ByHand(bench, order, "capture", 1250);
        await Confirm(bench, order);
        (await bench.Answers(order)).ShouldBe("PaymentAuthorized, PaymentConfirmed");
    }

    static async Task<Guid> Authorized(Bench bench, string token = "tok_ok")
    {
        var order = Some.Order();
        await bench.Deliver(Some.Try(order, token));
        await bench.Drain();
        return order;
    }

    static async Task Confirm(Bench bench, Guid order)
    {
        await bench.Deliver(Some.Confirm(order));
        await bench.Drain();
    }

    static async Task Cancel(Bench bench, Guid order)
    {
        await bench.Deliver(Some.Cancel(order));
        await bench.Drain();
    }

    static void ByHand(Bench bench, Guid order, string operation, long amount) => bench.Gateway.Rewrite(ledger => ledger.Add(
        ledger.First(received => received.Reference == order.ToString()) with
        {
            Id = $"{operation}_by_hand_{ledger.Count}",
            Operation = operation,
            Status = "succeeded",
            Amount = amount,
            IdempotencyKey = $"desk-{ledger.Count}",
        }));

    static List<long> Refunded(Bench bench, Guid order) =>
        [.. bench.Gateway.Ledger.Where(received => received is { Operation: "refund", Status: "succeeded" } && received.Reference == order.ToString())
            .Select(received => received.Amount)];
}
