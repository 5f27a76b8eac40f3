namespace Orders.Api.Tests;

/// <summary>The call tree over HTTP: its two forms, and who may read it.</summary>
public sealed class TraceTests(Api api) : IClassFixture<Api>
{
    const string Json = "application/json; charset=utf-8";
    const string PlainText = "text/plain; charset=utf-8";

    [Theory]
    [InlineData(null, Json)]
    [InlineData("*/*", Json)]
    [InlineData("text/plain", PlainText)]
    [InlineData("text/*", PlainText)]
    [InlineData("text/plain; charset=utf-8", PlainText)]
    [InlineData("application/json;q=0.5, text/plain", PlainText)]
    [InlineData("text/plain;q=0.5, */*", Json)]
    [InlineData("text/plain;q=0", Json)]
    [InlineData("text/html,application/xml;q=0.9,*/*;q=0.8", Json)]
    [InlineData("image/png", Json)]
    [InlineData("nonsense", Json)]
    public async Task The_call_tree_is_text_only_if_preferred(string? accept, string type)
    {
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        (await merchant.Get($"/orders/{id}/trace", accept is null ? [] : [("Accept", accept)])).ShouldBe(200).ContentType.ShouldBe(type);
    }

    [Fact]
    public async Task A_call_tree_names_services_without_an_answer()
    {
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        await api.Host.Drive(id, OrderStates.AwaitingPayment, "StockReserved");
        var trace = (await merchant.Get($"/orders/{id}/trace")).ShouldBe(200).Json;
        (trace["orderId"]!.GetValue<Guid>(), (string)trace["status"]!, (string)trace["source"]!).ShouldBe((id, "AwaitingPayment", "audit"));
        trace["endedAt"].ShouldBeNull();
        trace["gaps"]!.AsArray().Select(gap => (string)gap!["source"]!).ShouldBe(["stock", "payment", "case"]);
        trace["root"]!["open"]!.GetValue<bool>().ShouldBeTrue();
        trace["root"]!["children"]!.AsArray().Select(span => $"{span!["name"]} {span["result"]} {span["critical"]}")
            .ShouldBe(["SubmitOrder Reserving true", "StockReserved AwaitingPayment true"]);
        var text = (await merchant.Get($"/orders/{id}/trace", ("Accept", "text/plain"))).ShouldBe(200).Text;
        text.ShouldContain("gaps: stock (its address is not set); payment (its address is not set); case (its address is not set)");
        text.ShouldContain("waits for the answer to TryAuthorizePayment");
    }
}
