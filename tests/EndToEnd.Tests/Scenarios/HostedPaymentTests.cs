namespace EndToEnd.Tests;

/// <summary>The customer pays at the gateway's page; until then the order waits.</summary>
public sealed class HostedPaymentTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_hosted_payment_completes_after_the_customer_pays(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(5);
        var order = await Waiting(shop, sku);
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 3, 2, 0));

        await shop.Pay(order.Payment.Url!);

        (await shop.End(order.Id)).Status.ShouldBe("Completed");
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 3, 0, 2));
        await shop.System.Checker.IsClean([order.Id]);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Cancelling_before_payment_releases_stock_and_takes_no_money(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(5);
        var order = await Waiting(shop, sku);

        using var answer = await shop.Cancel(order.Id);
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await shop.Reaches(order.Id, "Cancelled")).Reason.ShouldBe("changed their mind");
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 5, 0, 0));

        await shop.PressPay(order.Payment.Url!);
        await shop.System.Checker.IsClean([order.Id]);
        (await shop.Ledger(order.Id)).ShouldNotContain(entry => entry.Operation == "capture");
        (await shop.Get(order.Id)).Status.ShouldBe("Cancelled");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_completed_order_cannot_be_cancelled(Mode mode)
    {
        using var shop = await On(mode);
        var order = await shop.PlaceAndEnd(await shop.NewSku(5), 1, "tok_ok");
        order.Status.ShouldBe("Completed");

        using var answer = await shop.Cancel(order.Id);
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("too-late-to-cancel");
        (await shop.Get(order.Id)).Status.ShouldBe("Completed");
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_cancellation_racing_a_payment_has_one_outcome(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(20);
        var orders = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Waiting(shop, sku)));
        await Task.WhenAll(orders.SelectMany(order => new[] { shop.PressPay(order.Payment.Url!), AskToCancel(shop, order) }));

        var ends = await Task.WhenAll(orders.Select(order => shop.End(order.Id)));
        ends.ShouldAllBe(order => order.Status == "Completed" || order.Status == "Cancelled");
        Say($"{ends.Count(order => order.Status == "Completed")} of {ends.Length} were completed");
        await shop.System.Checker.IsClean([.. orders.Select(order => order.Id)]);
    }

    static async Task<Order> Waiting(Shop shop, string sku)
    {
        var order = await shop.Place(sku, 2, token: null);
        order.Status.ShouldBe("AwaitingPayment");
        order.Payment.Url.ShouldNotBeNull();
        return order;
    }

    static async Task AskToCancel(Shop shop, Order order)
    {
        using var answer = await shop.Cancel(order.Id);
        answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.Conflict);
    }
}
