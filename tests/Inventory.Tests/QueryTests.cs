using System.Text.Json;
using OrderSaga.Contracts;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>Stock levels and branches over HTTP.</summary>
public sealed class QueryTests(EmbeddedHost embedded) : IClassFixture<EmbeddedHost>
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Stock_pages_list_every_sku_once_on_every_database(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(TestHost.StockKey);
        string[] skus = ["1-a", "B", "Ba", "C", "a", "a-1", "a.1", "aB", "a_1", "b"];
        foreach (var sku in Enumerable.Reverse(skus))
            await host.Receive(sku, 1);

        var (seen, path) = (new List<string>(), "/stock?limit=3");
        for (var page = 0; path is not null; page++)
        {
            page.ShouldBeLessThan(4);
            var body = await client.Get(path);
            seen.AddRange(body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sku").GetString()!));
            path = body.GetProperty("nextCursor").GetString() is { } cursor ? $"/stock?limit=3&cursor={Uri.EscapeDataString(cursor)}" : null;
        }

        seen.ShouldBe(skus.Order(StringComparer.Ordinal));
        (await client.Get("/stock")).GetProperty("items").GetArrayLength().ShouldBe(skus.Length);
        (await client.Get("/stock?limit=10")).GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("/stock?limit=0", 400, "invalid-parameter")]
    [InlineData("/stock?limit=101", 400, "invalid-parameter")]
    [InlineData("/stock?limit=", 400, "invalid-parameter")]
    [InlineData("/stock?limit=ten", 400, "invalid-parameter")]
    [InlineData("/stock?limit=99999999999", 400, "invalid-parameter")]
    [InlineData("/stock?cursor=", 400, "invalid-cursor")]
    [InlineData("/stock?cursor=%00", 400, "invalid-cursor")]
    [InlineData("/stock?cursor=*", 400, "invalid-cursor")]
    [InlineData("/stock?cursor=LTE", 400, "invalid-cursor")]
    [InlineData("/stock/unknown", 404, "stock-not-found")]
    [InlineData("/stock/a%27%3B--", 400, "invalid-sku")]
    [InlineData("/branches/stock/1", 400, "invalid-id")]
    [InlineData("/branches/stock/0199f0a0-7c1e-7000-8000-000000000000", 404, "branch-not-found")]
    [InlineData("/branches/stock", 400, "invalid-parameter")]
    [InlineData("/branches/stock?orderIds=", 400, "invalid-parameter")]
    [InlineData("/branches/stock?orderIds=,", 400, "invalid-parameter")]
    [InlineData("/branches/stock?orderIds=x", 400, "invalid-parameter")]
    public async Task An_invalid_query_gets_a_problem_with_advice(string path, int status, string problem)
    {
        using var client = embedded.Host.Client(path.StartsWith("/stock", StringComparison.Ordinal) ? TestHost.StockKey : TestHost.OperatorKey);
        await (await client.GetAsync(path)).ShouldBeProblem(status, problem);
    }

    [Fact]
    public async Task Endpoints_require_a_key_with_the_right_role()
    {
        using var anonymous = embedded.Host.Client();
        using var orders = embedded.Host.Client(TestHost.OrdersKey);
        using var stock = embedded.Host.Client(TestHost.StockKey);
        using var operators = embedded.Host.Client(TestHost.OperatorKey);
        const string Receipt = """{"receiptId":"r-1","quantity":1}""";

        await (await anonymous.Post("/stock/a/receipts", Receipt)).ShouldBeProblem(401, "unauthorized");
        await (await anonymous.GetAsync("/stock")).ShouldBeProblem(401, "unauthorized");
        await (await orders.Post("/stock/a/receipts", Receipt)).ShouldBeProblem(403, "forbidden");
        await (await operators.Post("/stock/a/receipts", Receipt)).ShouldBeProblem(403, "forbidden");
        await (await orders.GetAsync("/stock")).ShouldBeProblem(403, "forbidden");
        await (await stock.GetAsync($"/branches/stock/{Guid.Empty}")).ShouldBeProblem(403, "forbidden");
        await (await stock.GetAsync($"/branches/stock?orderIds={Guid.Empty}")).ShouldBeProblem(403, "forbidden");
        (await operators.GetAsync("/stock")).IsSuccessStatusCode.ShouldBeTrue();
    }

    [Fact]
    public async Task Branch_history_lists_each_step_and_is_rate_limited()
    {
        await using var installation = await Mode.Embedded.Fresh("inventory");
        await using var host = await TestHost.Start(installation, ["Rates:Query:KeyPerSecond=1", "Rates:Query:KeyBurst=3"]);
        using var client = host.Client(TestHost.OperatorKey);
        await host.Receive("a", 10);
        var order = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        await host.Send(new TryReserveStock(order, [new("a", 1)]));
        await host.Send(new CancelStock(order, "a test"));
        await Eventually.Holds("two answers", () => host.Answers.Count == 2);

        var history = await client.Get($"/branches/stock/{order}/history");

        history.GetProperty("items").EnumerateArray().Select(item => $"{item.GetProperty("from")}>{item.GetProperty("to")} by {item.GetProperty("cause")}")
            .ShouldBe([">Tried by TryReserveStock", "Tried>Cancelled by CancelStock"]);
        using var orders = host.Client(TestHost.OrdersKey);
        await (await orders.GetAsync($"/branches/stock/{order}/history")).ShouldBeProblem(403, "forbidden");
        await (await client.GetAsync("/branches/stock/seven/history")).ShouldBeProblem(400, "invalid-id");
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 10; i++)
            answers.Add(await client.GetAsync($"/branches/stock?orderIds={order}"));
        var refused = answers.First(answer => !answer.IsSuccessStatusCode);
        await refused.ShouldBeProblem(429, "too-many-requests");
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 5);
    }

    [Fact]
    public async Task A_long_list_of_ids_costs_more_than_a_short_one()
    {
        await using var installation = await Mode.Embedded.Fresh("inventory");
        await using var host = await TestHost.Start(
            installation, ["Rates:Query:KeyPerSecond=1", "Rates:Query:KeyBurst=40", "Rates:Query:ItemsPerQuery=5"]);
        using var client = host.Client(TestHost.OperatorKey);

        (await LeftAfter(ids: 5)).ShouldBe("\"queries\";r=39;t=1");
        // A permit returns each second.
        (await LeftAfter(ids: 100)).ShouldBeOneOf([.. Enumerable.Range(19, 15).Select(left => $"\"queries\";r={left};t=1")]);

        async Task<string> LeftAfter(int ids)
        {
            using var answer = await client.GetAsync($"/branches/stock?orderIds={string.Join(',', Enumerable.Repeat(Guid.Empty, ids))}");
            answer.IsSuccessStatusCode.ShouldBeTrue();
            return answer.Headers.GetValues("RateLimit").Single();
        }
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_branch_can_be_queried_in_every_state(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(TestHost.OperatorKey);
        await host.Receive("a", 10);
        var orders = Enumerable.Range(0, 4).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToList();
        await host.Send(new TryReserveStock(orders[0], [new("a", 1)]));
        await host.Send(new TryReserveStock(orders[1], [new("a", 2)]));
        await host.Send(new TryReserveStock(orders[2], [new("a", 1), new("b", 99)]));
        await host.Send(new CancelStock(orders[3], "a test"));
        await Eventually.Holds("four answers", () => host.Answers.Count == 4);
        await host.Send(new ConfirmStock(orders[1]));
        await Eventually.Holds("the fifth", () => host.Answers.Count == 5);

        var list = await client.Get($"/branches/stock?orderIds={string.Join(',', orders)},{Guid.Empty}");

        var items = list.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("orderId").GetGuid());
        items.Keys.ShouldBe(orders, ignoreOrder: true);
        orders.Select(order => items[order].GetProperty("state").GetString()).ShouldBe(["Tried", "Confirmed", "Refused", "Cancelled"]);
        items[orders[0]].GetProperty("lines").GetRawText().ShouldBe("""[{"sku":"a","quantity":1}]""");
        items[orders[2]].GetProperty("reason").GetString().ShouldBe("unknown sku");
        items[orders[2]].GetProperty("rejected").GetRawText().ShouldBe("""[{"sku":"b","requested":99,"available":0}]""");
        items[orders[3]].GetProperty("lines").GetArrayLength().ShouldBe(0);
        foreach (var order in orders)
            (await client.Get($"/branches/stock/{order}")).GetRawText().ShouldBe(items[order].GetRawText());
        items[orders[0]].GetProperty("createdAt").GetString()!.ShouldEndWith("Z");
    }

    [Fact]
    public async Task A_query_takes_at_most_100_branches()
    {
        using var client = embedded.Host.Client(TestHost.OperatorKey);
        var ids = Enumerable.Range(0, 101).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToList();

        (await client.GetAsync("/branches/stock?orderIds=" + string.Join(',', ids.Take(100)))).IsSuccessStatusCode.ShouldBeTrue();
        await (await client.GetAsync("/branches/stock?orderIds=" + string.Join(',', ids))).ShouldBeProblem(400, "invalid-parameter");
    }

    /// <summary>A reader under load never sees levels that do not add up.</summary>
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Stock_levels_add_up_at_every_readable_instant(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(TestHost.StockKey);
        await host.Receive("hot", 1000);
        var orders = Enumerable.Range(0, 300).Select(_ => Guid.CreateVersion7(TimeProvider.System.GetUtcNow())).ToList();

        var load = Task.Run(async () =>
        {
            foreach (var order in orders)
            {
                await host.Send(new TryReserveStock(order, [new("hot", 2)]));
                await client.Post("/stock/hot/receipts", $$"""{"receiptId":"{{order}}","quantity":1}""");
            }

            await Eventually.Holds("all held", () => host.Answers.Count == 300);
            foreach (var order in orders)
                await host.Send(order.GetHashCode() % 2 == 0 ? new ConfirmStock(order) : new CancelStock(order, "a test"));
            await Eventually.Holds("all ended", () => host.Answers.Count == 600);
        });
        var reads = 0;
        for (; !load.IsCompleted; reads++)
        {
            var level = await client.Get("/stock/hot");
            long Of(string name) => level.GetProperty(name).GetInt64();
            Of("received").ShouldBe(Of("available") + Of("held") + Of("sold"), level.GetRawText());
        }

        await load;
        reads.ShouldBeGreaterThan(10);
        (await client.Get("/stock/hot")).GetProperty("held").GetInt64().ShouldBe(0);
    }
}
