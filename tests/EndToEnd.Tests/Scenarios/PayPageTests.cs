namespace EndToEnd.Tests;

/// <summary>
/// The outcomes of a hosted payment, at the gateway's page in a real browser. Their complete timelines match the approved ones.
/// </summary>
public sealed class PayPageTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Paid_unpaid_and_late_paid_orders_each_end_correctly(Mode mode)
    {
        await using var customer = await Customer.Start();
        using var shop = await On(mode);
        var sku = await shop.NewSku(9);
        var usual = await Waiting(shop, sku, null);
        var page = await customer.Opens(usual);
        var left = await Waiting(shop, sku, "flash");
        var late = await Waiting(shop, sku, "flash");
        var latePage = await customer.Opens(late);
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 9, 3, 6, 0));

        foreach (var order in new[] { left, late })
            (await shop.End(order.Id, TimeSpan.FromSeconds(60))).ShouldSatisfyAllConditions(
                ended => ended.Status.ShouldBe("Cancelled"), ended => ended.Reason!.ShouldEndWith("not paid in time"));
        (await shop.Get(usual.Id)).Status.ShouldBe("AwaitingPayment", "its deadline is later");
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 9, 7, 2, 0), "the stock is released");

        await Customer.Pays(page);
        await Customer.Pays(latePage);
        (await shop.End(usual.Id)).Status.ShouldBe("Completed");
        await Eventually.Holds("the late payment is voided", async () => (await Done(shop, late)).EndsWith("void", StringComparison.Ordinal));

        await shop.System.Checker.IsClean([usual.Id, left.Id, late.Id]);
        (await Done(shop, usual), await Done(shop, left), await Done(shop, late)).ShouldBe(("authorize capture", "", "authorize void"));
        (await shop.Get(late.Id)).Status.ShouldBe("Cancelled");
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 9, 7, 0, 2));
        await Tells(shop, usual, Approved.Paid, "authorization.succeeded");
        await Tells(shop, left, Approved.LeftAlone, "authorization.expired");
        await Tells(shop, late, Approved.LeftAlone + "\n" + Approved.PaidTooLate, "authorization.expired authorization.succeeded");
    }

    static async Task Tells(Shop shop, Order order, string approved, string webhooks)
    {
        var timeline = await Timeline.Whole(shop, order.Id);
        timeline.Text().ShouldBe(approved);
        timeline.Webhooks().ShouldBe(webhooks);
    }

    static async Task<Order> Waiting(Shop shop, string sku, string? orderClass)
    {
        var order = await Shop.Read<Order>(shop.Post(new Draft(Guid.CreateVersion7().ToString(), sku, 2, null, orderClass), wait: 30));
        order.Status.ShouldBe("AwaitingPayment");
        return order;
    }

    /// <summary>The successful operations in the gateway's own ledger.</summary>
    static async Task<string> Done(Shop shop, Order order) =>
        string.Join(' ', (await shop.Ledger(order.Id)).Where(entry => entry.Status == "succeeded").Select(entry => entry.Operation));

    static class Approved
    {
        public const string Paid = """
            order: none > Reserving by SubmitOrder
            order: Reserving > AwaitingPayment by StockReserved
            order: AwaitingPayment > AwaitingPayment by PaymentPending (waits for the customer to pay)
            order: AwaitingPayment > ConfirmingPayment by PaymentAuthorized
            order: ConfirmingPayment > ConfirmingStock by PaymentConfirmed
            order: ConfirmingStock > Completed by StockConfirmed
            stock branch: none > Tried by TryReserveStock (available -> held: tea x 2)
            stock branch: Tried > Confirmed by ConfirmStock (held -> sold: tea x 2)
            payment branch: none > Trying by TryAuthorizePayment
            payment authorize: none > Sent by TryAuthorizePayment
            payment authorize: Sent > Pending by gateway called (auth)
            payment branch: Trying > Pending by gateway: authorize pending
            payment authorize: Pending > Succeeded by gateway asked (auth)
            payment branch: Pending > Tried by gateway: authorize succeeded
            payment branch: Tried > Confirming by ConfirmPayment
            payment capture: none > Sent by ConfirmPayment
            payment capture: Sent > Succeeded by gateway called (cap)
            payment branch: Confirming > Confirmed by gateway: capture succeeded
            """;

        public const string LeftAlone = """
            order: none > Reserving by SubmitOrder
            order: Reserving > AwaitingPayment by StockReserved
            order: AwaitingPayment > AwaitingPayment by PaymentPending (waits for the customer to pay)
            order: AwaitingPayment > Cancelling by PaymentDeclined (payment declined: not paid in time)
            order: Cancelling > Cancelling by StockCancelled (the stock branch holds nothing)
            order: Cancelling > Cancelled by StockCancelled (payment declined: not paid in time)
            stock branch: none > Tried by TryReserveStock (available -> held: tea x 2)
            stock branch: Tried > Cancelled by CancelStock (held -> available: tea x 2)
            payment branch: none > Trying by TryAuthorizePayment
            payment authorize: none > Sent by TryAuthorizePayment
            payment authorize: Sent > Pending by gateway called (auth)
            payment branch: Trying > Pending by gateway: authorize pending
            payment authorize: Pending > Declined by gateway asked
            payment branch: Pending > Refused by gateway: authorize declined (not paid in time)
            """;

        public const string PaidTooLate = """
            payment authorize: Declined > Unknown by webhook (no answer)
            payment authorize: Unknown > Succeeded by gateway asked (auth)
            payment branch: Refused > Cancelling by gateway: authorize succeeded (late payment)
            payment void: none > Sent by gateway: authorize succeeded
            payment void: Sent > Succeeded by gateway called (void)
            payment branch: Cancelling > Cancelled by gateway: void succeeded
            """;
    }
}
