namespace Orders.Api.Tests;

public sealed class ListTests
{
    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task Order_pages_list_each_order_once_newest_first(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var placed = new List<string>();
        for (var i = 0; i < 7; i++)
            placed.Add((await merchant.Placed()).ToString());

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await merchant.Get("/orders?limit=3" + (cursor is null ? "" : "&cursor=" + cursor))).ShouldBe(200).Json;
            seen.AddRange(page["items"]!.AsArray().Select(order => order!["id"]!.GetValue<string>()));
            page["items"]!.AsArray().Count.ShouldBeLessThanOrEqualTo(3);
            cursor = page["nextCursor"]?.GetValue<string>();
            await merchant.Placed();
        }
        while (cursor is not null);

        seen.Count.ShouldBe(7);
        seen.ShouldBe(placed, ignoreOrder: true);
        seen[0].ShouldBe(placed[^1]);
        seen[^1].ShouldBe(placed[0]);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Orders_with_equal_timestamps_page_without_gaps(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var placed = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => merchant.Placed()));
        var seen = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = (await merchant.Get("/orders?limit=7" + (cursor is null ? "" : "&cursor=" + cursor))).ShouldBe(200).Json;
            seen.AddRange(page["items"]!.AsArray().Select(order => order!["id"]!.GetValue<Guid>()));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        seen.ShouldBe(placed, ignoreOrder: true);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Orders_are_filtered_by_state_and_time(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        var (open, done) = (await merchant.Placed(), await merchant.Placed());
        await api.Host.Drive(done, OrderStates.Completed, "StockConfirmed");
        var at = await api.Host.Read(db => db.Orders.Where(order => order.CorrelationId == done).Select(order => order.CreatedAt).SingleAsync());

        (await Ids(merchant, "status=Completed")).ShouldBe([done]);
        (await Ids(merchant, "status=Reserving")).ShouldBe([open]);
        (await Ids(merchant, $"from={at:yyyy-MM-ddTHH:mm:ss.fffZ}")).ShouldContain(done);
        (await Ids(merchant, $"to={at:yyyy-MM-ddTHH:mm:ss.fffZ}")).ShouldNotContain(done);
        (await Ids(merchant, "from=2020-01-01T00:00:00%2B02:00&to=2020-01-02T00:00:00Z")).ShouldBeEmpty();
        (await Ids(merchant, "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00Z")).Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("limit=0", "invalid-parameter")]
    [InlineData("limit=101", "invalid-parameter")]
    [InlineData("limit=ten", "invalid-parameter")]
    [InlineData("limit=-1", "invalid-parameter")]
    [InlineData("limit=", "invalid-parameter")]
    [InlineData("limit=1&limit=2", "invalid-parameter")]
    [InlineData("status=completed", "invalid-parameter")]
    [InlineData("status=Lost", "invalid-parameter")]
    [InlineData("from=yesterday", "invalid-parameter")]
    [InlineData("from=2026-01-01", "invalid-parameter")]
    [InlineData("to=2026-01-01T00:00:00", "invalid-parameter")]
    [InlineData("to=2026-13-01T00:00:00Z", "invalid-parameter")]
    [InlineData("stauts=Completed", "unknown-parameter")]
    [InlineData("cursor=", "invalid-cursor")]
    [InlineData("cursor=x", "invalid-cursor")]
    [InlineData("cursor=!!!!", "invalid-cursor")]
    [InlineData("cursor=MTIzfGFiYw", "invalid-cursor")]
    [InlineData("cursor=OTIyMzM3MjAzNjg1NDc3NTgwN3wwMTljMTNmMi02YzAwLTdhNTEtOGYzZS0yYjdkNjRjMWE5MDE", "invalid-cursor")]
    public async Task An_invalid_order_query_is_refused(string query, string problem) =>
        (await (await Api.Of(Mode.Embedded)).Merchant().Get("/orders?" + query)).ShouldBeProblem(400, problem);

    static async Task<List<Guid>> Ids(Caller merchant, string query) =>
        [.. (await merchant.Get("/orders?" + query)).ShouldBe(200).Json["items"]!.AsArray().Select(order => order!["id"]!.GetValue<Guid>())];
}
