namespace Orders.Sagas.Tests;

/// <summary>Once, duplicated, late, out of order, after the end.</summary>
public sealed class OrderFlowTests
{
    [Fact]
    public async Task Triplicated_responses_have_each_effect_once()
    {
        await using var rig = await Rig.Start(Mode.Embedded, Participants.AddParticipants);
        var order = await rig.Put(OrderStates.Reserving);
        await rig.Deliver(new StockReserved(order.CorrelationId));
        await rig.Becomes(order.CorrelationId, OrderStates.Completed);
        await Quiet(rig);

        var sent = await rig.Sent(order.CorrelationId);
        foreach (var message in (string[])[nameof(TryAuthorizePayment), nameof(ConfirmPayment), nameof(ConfirmStock), nameof(OrderCompleted)])
            sent.Count(x => x.MessageType == message).ShouldBe(1, message);
        (await rig.Audit(order.CorrelationId)).ShouldLeadTo(OrderStates.Completed, OrderStates.Reserving);
        (await rig.Order(order.CorrelationId)).Version.ShouldBe(5);
    }

    [Fact]
    public void The_command_to_authorize_names_the_merchant()
    {
        var order = Some.Order(OrderStates.Reserving, DateTime.UnixEpoch);
        order.AuthorizePayment().Merchant.ShouldBe(order.Merchant);
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_token_is_kept_while_it_may_authorize(Mode mode)
    {
        await using var rig = await Rig.Start(mode);
        var (paid, rejected) = (await rig.Put(OrderStates.Reserving), await rig.Put(OrderStates.Reserving));
        var cancelled = await rig.Put(OrderStates.AwaitingPayment);
        var review = Some.InReview(OrderStates.AwaitingPayment, rig.Clock.Now);
        await rig.Put([review]);
        await rig.Deliver(new StockReserved(paid.CorrelationId), new RetryOrder(review.CorrelationId, review.Version));
        foreach (var order in new[] { paid, review })
            (await rig.Order(order.CorrelationId)).ShouldSatisfyAllConditions(
                row => row.State.ShouldBe(OrderStates.AwaitingPayment), row => row.PaymentToken.ShouldBe("tok_ok"));

        await rig.Deliver(new PaymentAuthorized(paid.CorrelationId), new PaymentDeclined(cancelled.CorrelationId, "no funds"),
            new StockRejected(rejected.CorrelationId, "sold out", []));
        foreach (var (order, state) in new[] { (paid, OrderStates.ConfirmingPayment), (cancelled, OrderStates.Cancelling), (rejected, OrderStates.Cancelled) })
            (await rig.Order(order.CorrelationId)).ShouldSatisfyAllConditions(row => row.State.ShouldBe(state), row => row.PaymentToken.ShouldBeNull());
    }

    [Fact]
    public async Task The_audit_has_none_of_the_merchants_own_words()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var requested = await rig.Put(OrderStates.AwaitingPayment);
        var missed = await rig.Put(OrderStates.AwaitingPayment, order => order.CancellationRequested = " Mrs Smith is ill ");
        await rig.Deliver(new CancelOrder(requested.CorrelationId, "Mrs Smith is ill"), new PaymentAuthorized(missed.CorrelationId));
        foreach (var order in new[] { requested, missed })
        {
            await rig.Deliver(new StockCancelled(order.CorrelationId), new PaymentCancelled(order.CorrelationId));
            (await rig.Order(order.CorrelationId)).Reason.ShouldBe("Mrs Smith is ill");
            var details = (await rig.Audit(order.CorrelationId)).Select(row => row.Detail).ToList();
            details.ShouldContain(OrderAudit.RequestedByMerchant);
            details.ShouldAllBe(detail => detail == null || !detail.Contains("Smith", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_duplicate_delivery_is_handled_once()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = await rig.Put(OrderStates.Reserving);
        var parcel = new Parcel(new StockReserved(order.CorrelationId));
        await rig.Deliver(parcel, parcel);
        await rig.Deliver(parcel, new Parcel(new CancelOrder(order.CorrelationId, "no more tea")));

        (await rig.Sent(order.CorrelationId)).Select(sent => sent.MessageType)
            .ShouldBe([nameof(TryAuthorizePayment), nameof(CancelStock), nameof(CancelPayment)]);
        (await rig.Audit(order.CorrelationId)).Select(row => row.To).ShouldBe([OrderStates.AwaitingPayment, OrderStates.Cancelling]);
    }

    [Fact]
    public async Task Late_money_is_returned_every_time_and_changes_nothing()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var order = await rig.Put(OrderStates.Cancelled);
        await rig.Deliver(new PaymentAuthorized(order.CorrelationId));
        await rig.Deliver(new PaymentConfirmed(order.CorrelationId));
        await rig.Deliver(new StockReserved(order.CorrelationId));
        await rig.Deliver(new PaymentCancelled(order.CorrelationId), new StockCancelled(order.CorrelationId));

        var after = await rig.Order(order.CorrelationId);
        (after.State, after.Reason, after.NextRetryAt).ShouldBe((OrderStates.Cancelled, "changed their mind", null));
        (await rig.Sent(order.CorrelationId)).Select(sent => sent.MessageType).ShouldBe([nameof(CancelPayment), nameof(CancelPayment), nameof(CancelStock)]);
        (await rig.Failed()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_payment_after_a_cancellation_request_is_not_taken()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var check = rig.Clock.Now.AddSeconds(8);
        var order = await rig.Put(OrderStates.AwaitingPayment, order => (order.CancellationRequested, order.NextRetryAt) = ("no more tea", check));
        await rig.Deliver(new PaymentAuthorized(order.CorrelationId));
        await rig.Deliver(new CancelOrder(order.CorrelationId, "no more tea"));
        await rig.Deliver(new StockCancelled(order.CorrelationId), new PaymentCancelled(order.CorrelationId));
        var after = await rig.Order(order.CorrelationId);
        (after.State, after.Reason).ShouldBe((OrderStates.Cancelled, "no more tea"));
        (await rig.Sent(order.CorrelationId)).Select(sent => sent.MessageType)
            .ShouldBe([nameof(CancelStock), nameof(CancelPayment), nameof(OrderCancelled)]);
        (await rig.Audit(order.CorrelationId)).ShouldLeadTo(OrderStates.Cancelled, OrderStates.AwaitingPayment);
    }

    [Fact]
    public async Task Responses_in_one_batch_finish_each_order_once()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var orders = Enumerable.Range(0, 60).Select(_ => Some.Order(OrderStates.Cancelling, rig.Clock.Now)).ToList();
        await rig.Put(orders);
        var answers = orders.SelectMany(order => new IOrderMessage[]
        {
            new StockCancelled(order.CorrelationId), new PaymentCancelled(order.CorrelationId), new StockCancelled(order.CorrelationId),
        });
        await rig.Deliver([.. answers.Select(answer => new Parcel(answer))]);

        foreach (var order in orders)
        {
            (await rig.Sent(order.CorrelationId)).Select(sent => sent.MessageType).ShouldBe([nameof(OrderCancelled)]);
            (await rig.Audit(order.CorrelationId)).ShouldLeadTo(OrderStates.Cancelled, OrderStates.Cancelling);
            (await rig.Order(order.CorrelationId)).NextRetryAt.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_poison_message_in_a_batch_fails_alone()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var orders = Enumerable.Range(0, 40).Select(_ => Some.Order(OrderStates.Reserving, rig.Clock.Now)).ToList();
        await rig.Put(orders);
        var stray = new Parcel(new StockConfirmed(orders[7].CorrelationId));
        await rig.Deliver([.. orders.Select(order => new Parcel(new StockReserved(order.CorrelationId))), stray]);

        (await rig.Failed()).ShouldHaveSingleItem().MessageId.ShouldBe(stray.Id);
        foreach (var order in orders)
            (await rig.Order(order.CorrelationId)).State.ShouldBe(OrderStates.AwaitingPayment);
    }

    [Fact]
    public async Task Two_saga_hosts_have_each_effect_once()
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null, "There is no PostgreSQL and RabbitMQ.");
        await using var rig = await Rig.Start(Mode.Servers);
        await rig.AddHost(builder => builder.AddSagas());
        await rig.AddHost(builder => builder.AddParticipants());
        var orders = Enumerable.Range(0, 80).Select(_ => Some.Order(OrderStates.Reserving, rig.Clock.Now)).ToList();
        await rig.Put(orders);
        await rig.Deliver([
            .. orders.Select(order => new Parcel(new StockReserved(order.CorrelationId))),
            .. orders.Where((_, i) => i % 2 == 0).Select(order => new Parcel(new CancelOrder(order.CorrelationId, "no more tea"))),
        ]);

        foreach (var order in orders)
        {
            var end = await Eventually.Becomes("the order ends", () => rig.Order(order.CorrelationId), x =>
                x.State is OrderStates.Completed or OrderStates.Cancelled);
            var sent = (await rig.Sent(order.CorrelationId)).ConvertAll(x => x.MessageType);
            sent.Count(x => x is nameof(OrderCompleted) or nameof(OrderCancelled)).ShouldBe(1);
            sent.ShouldContain(end.State == OrderStates.Completed ? nameof(OrderCompleted) : nameof(OrderCancelled));
            (await rig.Audit(order.CorrelationId)).ShouldLeadTo(end.State, OrderStates.Reserving);
        }

        (await rig.Order(orders[1].CorrelationId)).State.ShouldBe(OrderStates.Completed);
    }

    /// <summary>No message is in transit any more.</summary>
    static Task Quiet(Rig rig) => Eventually.Holds("every answer has been handled", async () =>
    {
        var answers = (await rig.Sent()).Count(sent => sent.IsAnswer);
        var failed = await rig.Failed();
        failed.ShouldBeEmpty();
        return answers == 9 && await rig.Db(db => Task.FromResult(db.Inbox.Count(row => row.Endpoint == Queues.Orders))) == answers + 1;
    });
}
