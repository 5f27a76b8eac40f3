using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

public sealed class BackpressureTests
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Beyond_the_bound_an_order_is_told_to_come_back_until_others_have_ended(Mode mode)
    {
        await using var installation = await mode.Fresh("orders");
        var key = ApiKeys.Create(installation.Directory, "acme", "acme", Roles.Orders, Roles.Catalogue);
        await using var host = await ApiHost.Start(installation, true, "--Orders:PlacementBatch=1", "--Orders:MostUnderWay=5");
        var merchant = new Caller(host, "acme", key);
        await merchant.Price("tea-001", 1250);
        await Eventually.Holds("five are under way", async () =>
        {
            await merchant.Place(Caller.NewKey());
            return await host.Read(db => db.Orders.CountAsync()) == 5;
        });
        var placed = await host.Read(db => db.Orders.Select(order => order.CorrelationId).ToListAsync());

        var refused = (await merchant.Place("one too many")).ShouldBeProblem(429, "too-many-orders");
        refused.Header("Retry-After").ShouldBe("1");
        (await host.Read(db => db.Orders.CountAsync())).ShouldBe(5, "nothing was placed");

        await host.Drive(placed[0], States.AwaitingPayment, "PaymentPending", order => order.PaymentUrl = "https://pay.example/1");
        await host.Drive(placed[1], States.Completed, "StockConfirmed", order => order.NextCheckAt = null);
        await Eventually.Holds("an order is taken again", async () => (await merchant.Place("one too many")).Status == 202);
        await Eventually.Holds("and one more, for the customer's time does not count", async () => (await merchant.Place("the last")).Status == 202);
        (await merchant.Place("one too many again")).ShouldBeProblem(429, "too-many-orders");
    }
}
