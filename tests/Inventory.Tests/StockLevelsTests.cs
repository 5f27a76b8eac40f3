using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>The available pieces of many skus in one query.</summary>
public sealed class StockLevelsTests(EmbeddedHost embedded) : IClassFixture<EmbeddedHost>
{
    static readonly string QueryKey = TestKeys.Of(Roles.Query);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Levels_are_the_pieces_that_can_be_reserved(Mode mode)
    {
        await using var installation = await mode.Fresh("inventory");
        await using var host = await TestHost.Start(installation);
        using var client = host.Client(QueryKey);
        await host.Receive("tea", 10);
        await host.Receive("mug", 5);
        await host.Send(new TryReserveStock(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), [new("tea", 4)]));
        await Eventually.Holds("it is reserved", () => host.Answers.Count == 1);

        (await client.Get("/stock-levels?skus=tea,mug,none")).GetRawText()
            .ShouldBe("""{"items":[{"sku":"mug","available":5},{"sku":"tea","available":6}]}""");
    }

    [Fact]
    public async Task A_query_takes_1_to_500_valid_skus()
    {
        using var client = embedded.Host.Client(QueryKey);
        var skus = Enumerable.Range(0, 501).Select(number => $"s{number}").ToList();
        (await client.GetAsync("/stock-levels?skus=" + string.Join(',', skus.Take(500)))).IsSuccessStatusCode.ShouldBeTrue();
        foreach (var query in new[] { "", "?skus=", "?skus=a,", "?skus=A", "?skus=a%20", "?skus=" + string.Join(',', skus) })
            await (await client.GetAsync("/stock-levels" + query)).ShouldBeProblem(400, "invalid-parameter");
    }

    [Fact]
    public async Task Only_services_and_operators_read_levels_of_many_skus()
    {
        foreach (var (key, allowed) in new[] { (QueryKey, true), (TestHost.OperatorKey, true), (TestHost.StockKey, false), (TestHost.OrdersKey, false) })
        {
            using var client = embedded.Host.Client(key);
            (await client.GetAsync("/stock-levels?skus=a")).IsSuccessStatusCode.ShouldBe(allowed, key);
        }
    }
}
