namespace EndToEnd.Tests;

/// <summary>The outcome of an order, by card and stock.</summary>
public sealed class OutcomeTests(Fleet fleet) : Scenario(fleet)
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Stock_and_a_valid_card_complete_the_order(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(5);
        var order = await shop.PlaceAndEnd(sku, 2, "tok_ok");

        order.Status.ShouldBe("Completed");
        order.Total.ShouldBe(new Money(2 * Shop.UnitPrice, "EUR"));
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 3, 0, 2));
        Captured(await shop.Ledger(order.Id)).ShouldBe([2 * Shop.UnitPrice]);
        await Clean(shop, order);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_sold_out_order_is_cancelled_without_a_charge(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(1);
        var order = await shop.PlaceAndEnd(sku, 2, "tok_ok");

        order.Status.ShouldBe("Cancelled");
        order.Reason.ShouldBe("sold out");
        (await shop.Ledger(order.Id)).ShouldBeEmpty();
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 1, 1, 0, 0));
        await Clean(shop, order);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_declined_card_cancels_the_order_and_releases_stock(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(5);
        var order = await shop.PlaceAndEnd(sku, 2, "tok_declined");

        order.Status.ShouldBe("Cancelled");
        order.Reason!.ShouldStartWith("payment declined");
        (await shop.Ledger(order.Id)).ShouldAllBe(entry => entry.Operation == "authorize" && entry.Status == "declined");
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 5, 0, 0));
        await Clean(shop, order);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_lost_gateway_response_leads_to_one_capture(Mode mode) => await CompletesWithOneCapture(mode, "tok_timeout");

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_gateway_error_after_the_charge_leads_to_one_capture(Mode mode) => await CompletesWithOneCapture(mode, "tok_error");

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_declined_capture_voids_and_releases_stock(Mode mode)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(5);
        var order = await shop.PlaceAndEnd(sku, 2, "tok_capture_refused");

        order.Status.ShouldBe("Cancelled");
        order.Reason!.ShouldStartWith("payment refused");
        var ledger = await shop.Ledger(order.Id);
        Captured(ledger).ShouldBeEmpty();
        ledger.Count(entry => entry is { Operation: "void", Status: "succeeded" }).ShouldBe(1);
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 5, 0, 0));
        await Clean(shop, order);
    }

    async Task CompletesWithOneCapture(Mode mode, string token)
    {
        using var shop = await On(mode);
        var sku = await shop.NewSku(5);
        var order = await shop.PlaceAndEnd(sku, 2, token);
        order.Status.ShouldBe("Completed");
        Captured(await shop.Ledger(order.Id)).ShouldBe([2 * Shop.UnitPrice]);
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 5, 3, 0, 2));
        await Clean(shop, order);
    }

    static List<long> Captured(IEnumerable<GatewayEntry> ledger) =>
        [.. ledger.Where(entry => entry is { Operation: "capture", Status: "succeeded" }).Select(entry => entry.Amount)];

    static Task Clean(Shop shop, Order order) => shop.System.Checker.IsClean([order.Id]);
}
