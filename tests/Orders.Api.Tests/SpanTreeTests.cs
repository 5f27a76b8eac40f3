using System.Text.RegularExpressions;

namespace Orders.Api.Tests;

/// <summary>The call tree of orders with all kinds of ends, as text.</summary>
public sealed partial class SpanTreeTests
{
    [Fact]
    public void A_completed_order_is_a_chain_of_steps()
    {
        var trace = RecordedOrder.Completed().Trace(now: 5000);
        Tree(trace).ShouldBe("""
            * placement -> Completed Orders 0.0 90.0
            * |- SubmitOrder -> Reserving Orders 0.0 31.5
            * | `- TryReserveStock -> Tried Inventory 17.2 0.0
            * |- StockReserved -> AwaitingPayment Orders 31.5 30.0
            * | `- TryAuthorizePayment -> Tried Payments 35.0 24.0
            * | `- authorize -> Succeeded Gateway 35.0 24.0 gateway called
            * |- PaymentAuthorized -> ConfirmingPayment Orders 61.5 20.5
            * | `- ConfirmPayment -> Confirmed Payments 64.0 16.0
            * | `- capture -> Succeeded Gateway 64.0 16.0 gateway called
            * |- PaymentConfirmed -> ConfirmingStock Orders 82.0 8.0
            * | `- ConfirmStock -> Confirmed Inventory 86.0 0.0
            * `- StockConfirmed -> Completed Orders 90.0 0.0
            """);
        (trace.PlacedAt, trace.EndedAt).ShouldBe((RecordedOrder.PlacedAt, RecordedOrder.PlacedAt.AddMilliseconds(90)));
    }

    [Fact]
    public void The_text_has_columns_and_names_the_gaps()
    {
        var trace = new RecordedOrder().Order(0, "SubmitOrder", "Reserving").Without("stock", "unreachable").Trace(now: 1500);
        TraceText.Of(trace).ShouldBe("""
            order 019c13f2-6c00-7a51-8f3e-2b7d64c1a901 Reserving, source: audit
            placed 2026-01-31T12:00:00.000Z .. not ended   1500.0 ms until now   critical path *

                                                   start ms  duration ms
            * placement -> Reserving       Orders       0.0       1500.0  open
            * `- SubmitOrder -> Reserving  Orders       0.0       1500.0  open; waits for the answer to TryReserveStock

            gaps: stock (unreachable)

            """);
    }

    [Fact]
    public void A_declined_payment_shows_its_compensation() => Tree(new RecordedOrder()
        .Order(0, "SubmitOrder", "Reserving")
        .Stock(10, "TryReserveStock", "Tried")
        .Order(20, "StockReserved", "AwaitingPayment")
        .Payment(25, "TryAuthorizePayment", "Trying")
        .Gateway(25, "authorize", "TryAuthorizePayment", "Sent")
        .Gateway(45, "authorize", "gateway called", "Declined")
        .Payment(45, "gateway: authorize declined", "Refused")
        .Order(50, "PaymentDeclined", "Cancelling", "payment declined: no money")
        .Stock(55, "CancelStock", "Cancelled")
        .Order(60, "StockCancelled", "Cancelling", "the stock branch holds nothing")
        .Order(60, "StockCancelled", "Cancelled")
        .Trace(now: 5000)).ShouldBe("""
            * placement -> Cancelled Orders 0.0 60.0
            * |- SubmitOrder -> Reserving Orders 0.0 20.0
            * | `- TryReserveStock -> Tried Inventory 10.0 0.0
            * |- StockReserved -> AwaitingPayment Orders 20.0 30.0
            * | `- TryAuthorizePayment -> Refused Payments 25.0 20.0
            * | `- authorize -> Declined Gateway 25.0 20.0 gateway called
            * |- PaymentDeclined -> Cancelling Orders 50.0 10.0 payment declined: no money
            * | |- CancelStock -> Cancelled Inventory 55.0 0.0
              | `- StockCancelled -> Cancelling Orders 60.0 0.0 the stock branch holds nothing
            * `- StockCancelled -> Cancelled Orders 60.0 0.0
            """);

    [Theory]
    [InlineData(20, 60, "TryAuthorizePayment")]
    [InlineData(60, 20, "TryReserveStock")]
    public void Of_parallel_branches_the_slower_one_is_critical(double stock, double payment, string critical)
    {
        var order = new RecordedOrder().Order(0, "SubmitOrder", "Trying");
        order = stock < payment
            ? order.Stock(15, "TryReserveStock", "Tried").Order(stock, "StockReserved", "AwaitingPayment")
                .Authorized(5, 58).Order(payment, "PaymentAuthorized", "ConfirmingPayment")
            : order.Authorized(5, 15).Order(payment, "PaymentAuthorized", "AwaitingStock")
                .Stock(58, "TryReserveStock", "Tried").Order(stock, "StockReserved", "ConfirmingPayment");
        var trace = order.Confirmed(64).Trace(now: 5000);
        var trying = trace.Root.Children[0];
        (trying.Result, trying.DurationMs).ShouldBe(("Trying", 60.0));
        trying.Children.Count.ShouldBe(3, "both branches, and the answer that came first");
        trying.Children.Single(span => span.Critical).Name.ShouldBe(critical);
        Steps(trace).ShouldBe(["Trying", "ConfirmingPayment", "ConfirmingStock", "Completed"]);
        trace.Root.Children.Sum(span => span.DurationMs).ShouldBe(trace.Root.DurationMs);
    }

    [Fact]
    public void An_order_that_waits_says_for_what() => Tree(new RecordedOrder()
        .Order(0, "SubmitOrder", "Reserving")
        .Stock(10, "TryReserveStock", "Tried")
        .Order(20, "StockReserved", "AwaitingPayment")
        .Payment(25, "TryAuthorizePayment", "Trying")
        .Gateway(25, "authorize", "TryAuthorizePayment", "Sent")
        .Gateway(40, "authorize", "gateway called", "Pending")
        .Payment(40, "gateway: authorize pending", "Pending")
        .Order(45, "PaymentPending", "AwaitingPayment", "waits for the customer to pay")
        .Trace(now: 600_000)).ShouldBe("""
            * placement -> AwaitingPayment Orders 0.0 600000.0 open
            * |- SubmitOrder -> Reserving Orders 0.0 20.0
            * | `- TryReserveStock -> Tried Inventory 10.0 0.0
            * `- StockReserved -> AwaitingPayment Orders 20.0 599980.0 open; waits for the answer to TryAuthorizePayment
            *  |- TryAuthorizePayment -> Pending Payments 25.0 599975.0 open
            *  | |- authorize -> Pending Gateway 25.0 15.0 gateway called
            *  | `- authorize -> Pending Gateway 40.0 599960.0 open
               `- PaymentPending -> AwaitingPayment Orders 45.0 0.0 waits for the customer to pay
            """);

    [Fact]
    public void A_review_is_a_step_of_its_own()
    {
        var order = new RecordedOrder()
            .Order(0, "SubmitOrder", "Reserving")
            .Stock(10, "TryReserveStock", "Tried")
            .Order(300_000, "CheckRequested", "NeedsReview", "no answer in Reserving after 10 repeats");
        order.Trace(now: 400_000).Root.Children[^1].Note.ShouldBe("waits for an operator");

        var trace = order.Order(500_000, "RetryRequested", "Reserving").Order(500_010, "StockReserved", "AwaitingPayment").Trace(now: 500_020);
        Steps(trace).ShouldBe(["Reserving", "NeedsReview", "Reserving", "AwaitingPayment"]);
        trace.Root.Children[0].Children.ShouldHaveSingleItem().Note.ShouldBeNull("the stock was reserved before the review; its answer was lost");
        trace.Root.Children.Sum(span => span.DurationMs).ShouldBe(500_020);
    }

    [Fact]
    public void An_unanswered_gateway_call_is_an_attempt() => Tree(new RecordedOrder()
        .Order(0, "SubmitOrder", "Reserving").Order(20, "StockReserved", "AwaitingPayment")
        .Payment(25, "TryAuthorizePayment", "Trying")
        .Gateway(25, "authorize", "TryAuthorizePayment", "Sent")
        .Gateway(2025, "authorize", "gateway called", "Unknown")
        .Gateway(4025, "authorize", "gateway asked", "Succeeded")
        .Other(4030, "webhook", "webhook", "authorization.succeeded", "known already")
        .Payment(4031, "gateway: authorize succeeded", "Tried")
        .Trace(now: 4040)).ShouldBe("""
            * placement -> AwaitingPayment Orders 0.0 4040.0 open
            * |- SubmitOrder -> Reserving Orders 0.0 20.0
            * `- StockReserved -> AwaitingPayment Orders 20.0 4020.0 open; waits for the answer to TryAuthorizePayment
            *  `- TryAuthorizePayment -> Tried Payments 25.0 4006.0
            *  |- authorize -> Unknown Gateway 25.0 2000.0 gateway called
            *  |- authorize -> Succeeded Gateway 2025.0 2000.0 gateway asked
               `- webhook: authorization.succeeded -> known already Payments 4030.0 0.0
            """);

    [Fact]
    public void A_late_payment_stands_beside_the_steps()
    {
        var trace = new RecordedOrder()
            .Order(0, "SubmitOrder", "Reserving").Order(20, "StockReserved", "AwaitingPayment")
            .Payment(25, "TryAuthorizePayment", "Trying")
            .Order(100, "CancelRequested", "Cancelling").Payment(110, "CancelPayment", "Cancelled")
            .Order(120, "PaymentCancelled", "Cancelled")
            .Payment(9000, "gateway: authorize succeeded", "Cancelling").Payment(9020, "gateway: void succeeded", "Cancelled")
            .Trace(now: 10_000);
        (trace.Root.DurationMs, trace.Root.Open).ShouldBe((120.0, false));
        var late = trace.Root.Children[^1];
        (late.Name, late.Result).ShouldBe(("gateway: authorize succeeded", "Cancelled"));
        (late.StartMs, late.DurationMs, late.Critical).ShouldBe((9000.0, 20.0, false));
    }

    [Fact]
    public void A_gap_leaves_the_steps_of_the_saga()
    {
        var trace = RecordedOrder.Completed().Without("payment", "no answer within 1000 ms").Trace(now: 5000);
        Steps(trace).ShouldBe(["Reserving", "AwaitingPayment", "ConfirmingPayment", "ConfirmingStock", "Completed"]);
        trace.Root.Children.Select(span => span.Children.Count).ShouldBe([1, 0, 0, 1, 0]);
        trace.Root.Children.Sum(span => span.DurationMs).ShouldBe(90);
        trace.Gaps.ShouldHaveSingleItem().Source.ShouldBe("payment");
    }

    [Theory]
    [InlineData(1, "at least 3599.986 s ahead of Orders")]
    [InlineData(-1, "at least 3599.983 s behind Orders")]
    public void A_wrong_clock_is_noted_and_moves_no_parent(int hours, string difference)
    {
        var expected = RecordedOrder.Completed().Trace(now: 5000).Root;
        var root = RecordedOrder.Completed().Shifted("stock", TimeSpan.FromHours(hours)).Trace(now: 5000).Root;
        (root.DurationMs, root.Open).ShouldBe((90.0, false));
        root.Children.Select(Times).ShouldBe(expected.Children.Select(Times));
        All(root).Select(span => (span.Name, span.Critical)).ShouldBe(All(expected).Select(span => (span.Name, span.Critical)));
        var reserved = root.Children[0].Children.ShouldHaveSingleItem();
        reserved.Note.ShouldBe("clocks differ: " + difference);
        reserved.StartMs.ShouldBe(17.2 + (hours * 3_600_000), 0.001, "the time is shown as it was recorded");
        All(root).Count(span => span.Note is not null).ShouldBe(2, "both steps of the stock");
    }

    [Fact]
    public void An_order_of_two_hundred_steps_is_shown_whole()
    {
        var order = new RecordedOrder().Order(0, "SubmitOrder", "Reserving");
        for (var repeat = 1; repeat <= 200; repeat++)
            order.Order(repeat * 1000, "CheckRequested", "Reserving", $"overdue: the command was sent again, repeat {repeat}");
        var trace = order.Stock(200_500, "TryReserveStock", "Tried").Order(201_000, "StockReserved", "AwaitingPayment").Trace(now: 201_000);
        var first = trace.Root.Children[0];
        (first.DurationMs, first.Children.Count).ShouldBe((201_000.0, 201));
        first.Children.Select(span => span.StartMs).ShouldBeInOrder();
        first.Children.Single(span => span.Critical).Name.ShouldBe("TryReserveStock");
        Tree(trace).Split('\n').Length.ShouldBe(204);
    }

    static IEnumerable<string> Steps(OrderTrace trace) => trace.Root.Children.Select(span => span.Result);

    static (string, double, double) Times(TraceSpan span) => (span.Name, span.StartMs, span.DurationMs);

    static IEnumerable<TraceSpan> All(TraceSpan span) => span.Children.SelectMany(All).Prepend(span);

    /// <summary>The lines of the tree, without the blanks between their columns.</summary>
    static string Tree(OrderTrace trace) =>
        string.Join('\n', TraceText.Of(trace).Split('\n')[4..^3].Select(line => line[..2] + Blanks().Replace(line[2..], " ")));

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
