using Orders.Model;
using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using Reconciler.Job;
using static OrderSaga.Ledgers.BranchStates;

namespace Reconciler.Tests;

/// <summary>What recovery sends for every state of an order and of its branches.</summary>
public sealed class RecoveryRuleTests
{
    static readonly DateTime Now = Some.At;

    /// <summary>All responses; for everything else the saga sends its command again.</summary>
    static readonly Dictionary<(string Order, string Branch, string State), Type> Answers = new()
    {
        [(OrderStates.Reserving, "stock", Tried)] = typeof(StockReserved),
        [(OrderStates.Reserving, "stock", Refused)] = typeof(StockRejected),
        [(OrderStates.Trying, "stock", Tried)] = typeof(StockReserved),
        [(OrderStates.Trying, "stock", Refused)] = typeof(StockRejected),
        [(OrderStates.Trying, "payment", Tried)] = typeof(PaymentAuthorized),
        [(OrderStates.Trying, "payment", Pending)] = typeof(PaymentPending),
        [(OrderStates.Trying, "payment", Refused)] = typeof(PaymentDeclined),
        [(OrderStates.AwaitingStock, "stock", Tried)] = typeof(StockReserved),
        [(OrderStates.AwaitingStock, "stock", Refused)] = typeof(StockRejected),
        [(OrderStates.AwaitingPayment, "payment", Tried)] = typeof(PaymentAuthorized),
        [(OrderStates.AwaitingPayment, "payment", Pending)] = typeof(PaymentPending),
        [(OrderStates.AwaitingPayment, "payment", Refused)] = typeof(PaymentDeclined),
        [(OrderStates.ConfirmingPayment, "payment", Confirmed)] = typeof(PaymentConfirmed),
        [(OrderStates.ConfirmingPayment, "payment", CaptureRefused)] = typeof(PaymentRefused),
        [(OrderStates.ConfirmingStock, "stock", Confirmed)] = typeof(StockConfirmed),
        [(OrderStates.Cancelling, "stock", Cancelled)] = typeof(StockCancelled),
        [(OrderStates.Cancelling, "payment", Cancelled)] = typeof(PaymentCancelled),
    };

    [Fact]
    public void Recovery_delivers_the_awaited_response_or_retries()
    {
        foreach (var state in OrderLifecycle.States.Where(state => !OrderLifecycle.Of(state).IsFinalOrInReview))
            foreach (var stock in OfStock)
                foreach (var payment in OfPayment)
                {
                    var wanted = new[] { Answers.GetValueOrDefault((state, "stock", stock)), Answers.GetValueOrDefault((state, "payment", payment)) }
                        .OfType<Type>().ToList();
                    Sent(Order(state), stock, payment).Select(message => message.GetType())
                        .ShouldBe(wanted.Count > 0 ? wanted : [typeof(CheckOrder)], $"{state}, stock {stock}, payment {payment}");
                }
    }

    [Fact]
    public void A_delivered_response_is_not_delivered_again()
    {
        Sent(Order(OrderStates.Cancelling) with { StockReleased = true }, Cancelled, Cancelled).ShouldBe([new PaymentCancelled(Some.Id)]);
        Sent(Order(OrderStates.Cancelling) with { PaymentReleased = true }, Cancelled, Cancelled).ShouldBe([new StockCancelled(Some.Id)]);
        Sent(Order(OrderStates.Cancelling) with { PaymentReleased = true }, Tried, Cancelled).ShouldBe([new CheckOrder(Some.Id, 5)]);
    }

    [Fact]
    public void Retries_of_an_unhandled_order_become_rarer()
    {
        var (settings, overdue, sent) = (new RecoverySettings(), TimeSpan.Zero, 0);
        for (; overdue < TimeSpan.FromHours(8); sent++)
            overdue += settings.LeaseFor(overdue);
        sent.ShouldBeLessThan(14, "a night without the saga");
        settings.LeaseFor(TimeSpan.FromSeconds(11)).ShouldBe(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void The_response_is_delivered_as_the_participant_gave_it()
    {
        var rejected = new BranchView(Some.Id, Refused, "sold out", [new RejectedLine("tea-001", 2, 1)]);
        RecoveryRule.Decide(Order(OrderStates.Reserving), rejected, null).ShouldHaveSingleItem().ShouldBeOfType<StockRejected>()
            .ShouldSatisfyAllConditions(received => received.Reason.ShouldBe("sold out"), received => received.Lines.ShouldBe(rejected.Rejected));
        var pending = new BranchView(Some.Id, Pending, Url: "https://pay.example/1", ExpiresAt: Now.AddMinutes(3));
        RecoveryRule.Decide(Order(OrderStates.AwaitingPayment), null, pending).ShouldBe([new PaymentPending(Some.Id, pending.Url!, Now.AddMinutes(3))]);
    }

    [Theory]
    [InlineData("main", 3600, 9, 3600, false)]
    [InlineData("vip", 3600, 9, 3600, false)]
    [InlineData("grey", 29, 1, 3600, false)]
    [InlineData("grey", 30, 0, 30, true)]
    [InlineData("grey", 0, 2, 3600, true)]
    [InlineData("grey", 3600, 9, 29, false)]
    [InlineData("pilot", 0, 0, 0, true)]
    public void Main_takes_over_stuck_orders_and_removed_lanes(string lane, int overdueSeconds, int repeats, int runsSeconds, bool moves)
    {
        var lanes = new LaneSettings { Use = "main,vip,grey", TakeOver = "grey" };
        var order = Order(OrderStates.Reserving) with { Lane = lane, RetryCount = repeats, Since = Now.AddSeconds(-overdueSeconds) };
        RecoveryRule.MustTakeOver(order, lanes, TimeSpan.FromSeconds(runsSeconds), Now).ShouldBe(moves);
        lanes.Reachable(lane).ShouldBe(lane is "main" or "vip" ? lane : "main");
    }

    [Theory]
    [InlineData(5, 3000)]
    [InlineData(0, 1000)]
    public void A_lease_shorter_than_the_query_timeout_stops_startup(int leaseSeconds, int timeoutMilliseconds)
    {
        var participants = new Orders.Model.Participants.ParticipantSettings { TimeoutMilliseconds = timeoutMilliseconds };
        var settings = new RecoverySettings { LeaseSeconds = leaseSeconds };
        Should.Throw<InvalidOperationException>(() => settings.Check(participants)).Message.ShouldContain("LeaseSeconds");
        Should.NotThrow(() => new RecoverySettings().Check(new()));
    }

    static IReadOnlyList<IOrderMessage> Sent(StalledOrder order, string stock, string payment) =>
        RecoveryRule.Decide(order, Branch(stock), Branch(payment));

    static BranchView? Branch(string state) => state == Absent ? null : new BranchView(Some.Id, state);

    static StalledOrder Order(string state) => new(Some.Id, 5, state, false, false, Now.AddMinutes(15), false, "main", 0, Now);
}
