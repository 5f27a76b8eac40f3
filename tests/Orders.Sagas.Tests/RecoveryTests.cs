using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Reconciler.Job;

namespace Orders.Sagas.Tests;

/// <summary>Recovery requests lost messages again; if a response stays missing, the order becomes a case for an operator.</summary>
public sealed class RecoveryTests
{
    static readonly TimeSpan Margin = TimeSpan.FromSeconds(new OrderSettings().PaymentMarginSeconds + 1);

    static readonly string[] Quick = ["Orders:FirstRetryDelaySeconds=1", "Orders:MaxRetryDelaySeconds=4", "Orders:MaxRetries=4", "Recovery:IntervalSeconds=1"];

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Recovery_resumes_an_order_whose_message_was_lost(Mode mode)
    {
        await using var rig = await Start(mode, participants: true);
        var order = await rig.Put(OrderStates.Reserving);
        await rig.Becomes(order.CorrelationId, OrderStates.Completed);

        var sent = await rig.Sent(order.CorrelationId);
        sent[0].MessageType.ShouldBe(nameof(TryReserveStock));
        sent.Count(x => x.MessageType == nameof(OrderCompleted)).ShouldBe(1);
        var audit = await rig.Audit(order.CorrelationId);
        audit.ShouldLeadTo(OrderStates.Completed, OrderStates.Reserving);
        audit.ShouldContain(row => row.Cause == OrderAudit.RecoveryCause, "the timeline recognises recovery by this cause");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_stalled_order_goes_to_review_until_the_response_arrives(Mode mode)
    {
        await using var rig = await Start(mode, participants: false);
        var id = (await rig.Put(OrderStates.ConfirmingStock)).CorrelationId;
        var delays = new List<double>();
        for (var repeat = 1; repeat <= 4; repeat++)
        {
            var seen = await Eventually.Becomes($"repeat {repeat}", () => rig.Order(id), order => order.RetryCount >= repeat);
            seen.RetryCount.ShouldBe(repeat);
            delays.Add((seen.NextRetryAt!.Value - seen.UpdatedAt).TotalSeconds);
            rig.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        var review = await rig.Becomes(id, OrderStates.NeedsReview);
        delays.Select(delay => Math.Floor(Math.Log2(delay))).ShouldBe([0, 1, 2, 2]);
        (review.ReviewFrom, review.NextRetryAt, review.Reason).ShouldBe((OrderStates.ConfirmingStock, null, "no answer in ConfirmingStock after 4 repeats"));
        (await rig.Sent(id)).Select(x => x.MessageType)
            .ShouldBe([nameof(ConfirmStock), nameof(ConfirmStock), nameof(ConfirmStock), nameof(ConfirmStock), nameof(OrderNeedsReview)]);

        await rig.Deliver(new StockConfirmed(id));
        (await rig.Order(id)).State.ShouldBe(OrderStates.Completed);
        (await rig.Sent(id))[^1].MessageType.ShouldBe(nameof(OrderCompleted));
        (await rig.Audit(id)).ShouldLeadTo(OrderStates.Completed, OrderStates.ConfirmingStock);
    }

    /// <summary>Its due time is by the old clock, one hour ahead.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Recovery_resumes_orders_after_the_clock_is_set_back(Mode mode)
    {
        await using var rig = await Start(mode, participants: true);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        var order = await rig.Put(OrderStates.Reserving, order => (order.UpdatedAt, order.NextRetryAt) = (rig.Clock.Now, rig.Clock.Now.AddSeconds(8)));
        rig.Clock.Advance(TimeSpan.FromHours(-1));
        await rig.Becomes(order.CorrelationId, OrderStates.Completed);
    }

    [Fact]
    public async Task An_order_not_paid_in_time_is_cancelled()
    {
        await using var rig = await Start(Mode.Embedded, participants: true);
        var order = await rig.Put(OrderStates.AwaitingPayment, order =>
        {
            order.PaymentUrl = "https://pay.example/1";
            order.NextRetryAt = order.PayBefore = rig.Clock.Now.AddSeconds(60);
        });
        rig.Clock.Advance(TimeSpan.FromSeconds(60) + Margin);
        (await rig.Becomes(order.CorrelationId, OrderStates.Cancelled)).Reason.ShouldBe("not paid in time");
        (await rig.Audit(order.CorrelationId)).ShouldLeadTo(OrderStates.Cancelled, OrderStates.AwaitingPayment);
    }

    [Theory, InlineData(OrderStates.Reserving), InlineData(OrderStates.AwaitingPayment)]
    public async Task Recovery_completes_a_cancellation_whose_command_was_lost(string state)
    {
        await using var rig = await Start(Mode.Embedded, participants: true);
        var order = await rig.Put(state, order => order.CancellationRequested = "no more tea");
        (await rig.Becomes(order.CorrelationId, OrderStates.Cancelled)).Reason.ShouldBe("no more tea");
        (await rig.Sent(order.CorrelationId)).FindAll(sent => sent is { IsEvent: false, IsAnswer: false }).Select(sent => sent.MessageType)
            .ShouldBe(state == OrderStates.Reserving ? [nameof(CancelStock)] : [nameof(CancelStock), nameof(CancelPayment)]);
        (await rig.Audit(order.CorrelationId)).ShouldLeadTo(OrderStates.Cancelled, state);
    }

    [Fact]
    public async Task Recovery_skips_final_orders_and_orders_not_due()
    {
        await using var rig = await Start(Mode.Embedded, participants: false);
        var resting = new List<OrderState>();
        foreach (var state in (string[])[OrderStates.Completed, OrderStates.Cancelled])
            resting.Add(await rig.Put(state));
        resting.Add(await rig.Put(OrderStates.AwaitingPayment, order => order.NextRetryAt = rig.Clock.Now.AddHours(1)));
        var due = await rig.Put(OrderStates.Reserving);
        await Eventually.Becomes("three checks of the due order", () => rig.Order(due.CorrelationId), order =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return order.RetryCount >= 3;
        });
        foreach (var order in resting)
            (await rig.Order(order.CorrelationId)).Version.ShouldBe(1);
    }

    /// <summary>They are due for longer, and a look has room for one.</summary>
    [Fact]
    public async Task Waiting_orders_delay_no_overdue_order()
    {
        await using var rig = await Start(Mode.Embedded, participants: false, "Recovery:PageSize=1");
        var waiting = Enumerable.Range(0, 30).Select(_ => Some.Order(OrderStates.AwaitingPayment, rig.Clock.Now)).ToList();
        waiting.ForEach(order => (order.PaymentUrl, order.NextRetryAt) = (Some.PayUrl, rig.Clock.Now.AddMinutes(-1)));
        var stuck = Some.Order(OrderStates.ConfirmingStock, rig.Clock.Now);
        await rig.Put([.. waiting, stuck]);
        await Eventually.Becomes("it is resumed", () => rig.Order(stuck.CorrelationId), order => order.RetryCount > 0);
        (await rig.Db(db => db.Orders.CountAsync(order => order.PaymentUrl != null && order.Version == 1))).ShouldBeGreaterThan(20);
    }

    [Fact]
    public async Task Two_recovery_processes_resume_each_order_version_once()
    {
        Assert.SkipUnless(Mode.All().Any(row => row[0] == Mode.Servers), "It takes two processes on one broker.");
        await using var rig = await Start(Mode.Servers, participants: false, "Recovery:LeaseSeconds=120");
        await rig.AddHost(builder => builder.AddReconciler());
        var orders = Enumerable.Range(0, 450).Select(_ => Some.Order(OrderStates.ConfirmingStock, rig.Clock.Now)).ToList();
        await rig.Put(orders);

        await Eventually.Becomes("all are in review", () => rig.Db(db => db.Orders.CountAsync(order => order.State == OrderStates.NeedsReview)), count =>
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            return count == orders.Count;
        }, TimeSpan.FromSeconds(90));
        var (driven, handled) = await rig.Db(async db => (
            await db.Audit.CountAsync(row => row.Cause == OrderAudit.RecoveryCause), await db.Inbox.CountAsync(row => row.Endpoint == Queues.Orders)));
        driven.ShouldBe(5 * orders.Count);
        handled.ShouldBe(driven, "each CheckOrder found its version");
    }

    [Fact]
    public async Task An_operators_command_for_another_version_is_ignored()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = Some.InReview(OrderStates.ConfirmingPayment, rig.Clock.Now);
        await rig.Put([order]);
        await rig.Deliver(new RetryOrder(order.CorrelationId, order.Version - 1), new AbandonOrder(order.CorrelationId, order.Version + 1));
        (await rig.Order(order.CorrelationId)).Version.ShouldBe(order.Version);
    }

    [Fact]
    public async Task An_operators_retry_resets_attempts_and_reason()
    {
        await using var rig = await Start(Mode.Embedded, participants: true);
        var order = Some.InReview(OrderStates.ConfirmingPayment, rig.Clock.Now);
        order.RetryCount = 99;
        await rig.Put([order]);
        await rig.Deliver(new RetryOrder(order.CorrelationId, order.Version));
        (await rig.Becomes(order.CorrelationId, OrderStates.Completed)).Reason.ShouldBeNull();
    }

    [Fact]
    public async Task A_decision_moves_an_order_out_of_an_unserved_lane()
    {
        await using var rig = await Start(Mode.Embedded, participants: true);
        var (retried, abandoned) = (Some.InReview(OrderStates.ConfirmingPayment, rig.Clock.Now), Some.InReview(OrderStates.AwaitingPayment, rig.Clock.Now));
        (retried.Lane, abandoned.Lane) = (OrderLanes.Vip, OrderLanes.Vip);
        await rig.Put([retried, abandoned]);
        await rig.Deliver(
            new RetryOrder(retried.CorrelationId, retried.Version, TakeOver: true),
            new AbandonOrder(abandoned.CorrelationId, abandoned.Version, TakeOver: true));
        (await rig.Becomes(retried.CorrelationId, OrderStates.Completed)).Lane.ShouldBe(OrderLanes.Main);
        (await rig.Becomes(abandoned.CorrelationId, OrderStates.Cancelled)).Lane.ShouldBe(OrderLanes.Main);
    }

    [Fact]
    public void Settings_that_stall_orders_for_a_day_stop_startup()
    {
        new OrderSettings().MaxRetryTime.ShouldBeLessThan(TimeSpan.FromMinutes(8));
        Should.Throw<InvalidOperationException>(new OrderSettings { MaxRetryDelaySeconds = 7200, MaxRetries = 20 }.Check).Message.ShouldContain("a day");
    }

    /// <summary>One process with all services, or the reconciler in its own process.</summary>
    static async Task<Rig> Start(Mode mode, bool participants, params string[] more)
    {
        Action<WebApplicationBuilder> others = builder =>
        {
            if (participants)
                builder.AddParticipants();
            builder.AddReconciler();
        };
        var rig = await Rig.Start(mode, mode.Transport == "InMemory" ? others : null, [.. Quick, .. more]);
        if (mode.Transport != "InMemory")
            await rig.AddHost(others);
        return rig;
    }
}
