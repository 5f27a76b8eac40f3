using Microsoft.AspNetCore.Builder;
using Reconciler.Job;

namespace Orders.Sagas.Tests;

/// <summary>The payment deadline holds in every state: after it an unpaid order is cancelled, and a late response takes no money.</summary>
public sealed class DeadlineTests
{
    static readonly OrderSettings Settings = new();
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(Settings.PaymentMarginSeconds);

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task An_unpaid_order_in_review_ends_at_its_deadline(Mode mode)
    {
        await using var rig = await WithRecovery(mode);
        var orders = new[] { OrderStates.Reserving, OrderStates.AwaitingPayment }.Select(from => Some.InReview(from, rig.Clock.Now)).ToList();
        await rig.Put(orders);
        rig.Clock.Advance(TimeSpan.FromMinutes(15) + Margin + TimeSpan.FromSeconds(1));
        foreach (var order in orders)
        {
            var (id, from) = (order.CorrelationId, order.ReviewFrom!);
            (await rig.Becomes(id, OrderStates.Cancelled)).Reason
                .ShouldBe(from == OrderStates.Reserving ? "the goods could not be reserved within the time to pay" : "not paid in time");
            (await rig.Sent(id)).ShouldNotContain(sent => sent.MessageType == nameof(TryAuthorizePayment) || sent.MessageType == nameof(ConfirmPayment));
            (await rig.Audit(id)).ShouldLeadTo(OrderStates.Cancelled, OrderStates.NeedsReview);
        }
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_review_opened_by_recovery_keeps_the_deadline(Mode mode)
    {
        await using var rig = await WithRecovery(mode, participants: false);
        var id = (await rig.Put(OrderStates.Reserving, order => order.RetryCount = Settings.MaxRetries)).CorrelationId;
        var review = await rig.Becomes(id, OrderStates.NeedsReview);
        review.NextRetryAt.ShouldBe(review.PayBefore + Margin);
        review.RetryCount.ShouldBe(Settings.MaxRetries, "its case shows the number of repeats");
        rig.Clock.Advance(TimeSpan.FromMinutes(15) + Margin);
        await rig.Becomes(id, OrderStates.Cancelling);
    }

    [Theory]
    [InlineData(-1, OrderStates.AwaitingPayment, nameof(TryAuthorizePayment))]
    [InlineData(1, OrderStates.Cancelling, nameof(CancelStock))]
    public async Task A_late_reservation_requests_no_payment(int secondsAfter, string state, string sent)
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = await rig.Put(OrderStates.Reserving, order => order.PayBefore = rig.Clock.Now.AddSeconds(-secondsAfter));
        await rig.Deliver(new StockReserved(order.CorrelationId));
        (await rig.Order(order.CorrelationId)).State.ShouldBe(state);
        (await rig.Sent(order.CorrelationId)).ShouldHaveSingleItem().MessageType.ShouldBe(sent);
    }

    [Theory]
    [InlineData(-9, OrderStates.ConfirmingPayment)]
    [InlineData(1, OrderStates.Cancelling)]
    public async Task A_last_second_payment_is_accepted_until_the_margin(int secondsAfterMargin, string state)
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = await rig.Put(OrderStates.AwaitingPayment, order => order.PayBefore = rig.Clock.Now - Margin - TimeSpan.FromSeconds(secondsAfterMargin));
        await rig.Deliver(new PaymentAuthorized(order.CorrelationId));
        (await rig.Order(order.CorrelationId)).State.ShouldBe(state);
    }

    [Fact]
    public async Task A_timely_cancellation_requests_no_payment()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = await rig.Put(OrderStates.Reserving, order => order.CancellationRequested = "no more tea");
        await rig.Deliver(new StockReserved(order.CorrelationId));
        var after = await rig.Order(order.CorrelationId);
        (after.State, after.Reason).ShouldBe((OrderStates.Cancelling, "no more tea"));
        (await rig.Sent(order.CorrelationId)).ShouldHaveSingleItem().MessageType.ShouldBe(nameof(CancelStock));
    }

    [Fact]
    public async Task A_waiting_order_is_checked_rarely_and_writes_no_history()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = await rig.Put(OrderStates.AwaitingPayment, order => order.PayBefore = rig.Clock.Now.AddDays(7));
        var reads = 0;
        for (var at = rig.Clock.Now; at < order.PayBefore; reads++)
        {
            await rig.Deliver(new PaymentPending(order.CorrelationId, Some.PayUrl, order.PayBefore));
            var next = (await rig.Order(order.CorrelationId)).NextRetryAt!.Value;
            rig.Clock.Advance(next - at);
            at = next;
        }

        reads.ShouldBeInRange(10, 16);
        (await rig.Audit(order.CorrelationId)).ShouldHaveSingleItem().Detail.ShouldBe("waits for the customer to pay");
        (await rig.Order(order.CorrelationId)).NextRetryAt.ShouldBe(order.PayBefore, "when the gateway closes its page");
    }

    [Theory]
    [InlineData(0, 60)]
    [InlineData(120, 240)]
    [InlineData(899, 900)]
    [InlineData(900, 910)]
    [InlineData(950, 910)]
    public void A_waiting_orders_next_check_depends_on_its_age(int age, int next)
    {
        var placed = new DateTime(2026, 1, 31, 12, 0, 0, DateTimeKind.Utc);
        var order = Some.Order(OrderStates.AwaitingPayment, placed);
        Settings.NextPendingRetryAt(order, placed.AddSeconds(age)).ShouldBe(placed.AddSeconds(next));
    }

    [Fact]
    public async Task Stock_confirmed_for_a_cancelled_order_is_released()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var (cancelling, cancelled) = (await rig.Put(OrderStates.Cancelling), await rig.Put(OrderStates.Cancelled));
        var review = Some.InReview(OrderStates.Cancelling, rig.Clock.Now);
        await rig.Put([review]);
        await rig.Deliver(new[] { cancelling, cancelled, review }.Select(order => new Parcel(new StockConfirmed(order.CorrelationId))).ToArray());
        (await rig.Failed()).ShouldBeEmpty();
        (await rig.Sent(cancelled.CorrelationId)).ShouldHaveSingleItem().MessageType.ShouldBe(nameof(CancelStock));
        (await rig.Sent(cancelling.CorrelationId)).ShouldBeEmpty("its CancelStock is on its way");
    }

    static async Task<Rig> WithRecovery(Mode mode, bool participants = true)
    {
        Action<WebApplicationBuilder> others = builder =>
        {
            if (participants)
                builder.AddParticipants();
            builder.AddReconciler();
        };
        var rig = await Rig.Start(mode, mode.Transport == "InMemory" ? others : null, "Recovery:IntervalSeconds=1");
        if (mode.Transport != "InMemory")
            await rig.AddHost(others);
        return rig;
    }
}
