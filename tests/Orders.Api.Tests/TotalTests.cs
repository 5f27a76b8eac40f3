using System.Globalization;

namespace Orders.Api.Tests;

/// <summary>A customer never pays another price than the one shown.</summary>
public sealed class TotalTests
{
    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task A_changed_price_refuses_the_order(Mode mode)
    {
        var api = await Api.Of(mode);
        var (merchant, sku) = (api.Merchant(), $"total-{Caller.NewKey()}");
        await api.Catalogue.Price(sku, 1250);
        await api.Catalogue.Price(sku, 2500);

        var refused = (await merchant.Place("k", Order(sku, 2500))).ShouldBeProblem(422, "price-changed", "/total");
        refused.Json["total"]!.ToJsonString().ShouldBe("""{"amount":5000,"currency":"EUR"}""");
        (await merchant.Get("/orders")).Json["items"]!.AsArray().ShouldBeEmpty();

        var placed = (await merchant.Place("k", Order(sku, 5000))).ShouldBe(202);
        placed.Json["total"]!["amount"]!.GetValue<long>().ShouldBe(5000);
        await api.Catalogue.Price(sku, 9900);
        (await merchant.Place("k", Order(sku, 5000))).ShouldBe(202).Header("Idempotency-Replayed").ShouldBe("true");
        (await merchant.Place("k", Order(sku, 19800))).ShouldBeProblem(422, "idempotency-key-reused");
        (await merchant.Place("k", Order(sku, null))).ShouldBeProblem(422, "idempotency-key-reused");
        (await merchant.Place("none", Order(sku, null))).ShouldBe(202);
    }

    [Theory]
    [InlineData("\"k1\"", "k1", true)]
    [InlineData("\"a \\\"b\\\" \\\\c\"", "a \"b\" \\c", true)]
    [InlineData("'k2'", "k2", false)]
    [InlineData("K3", "k3", false)]
    public async Task A_quoted_idempotency_key_equals_the_plain_one(string one, string other, bool same)
    {
        var merchant = (await Api.Of(Mode.Embedded)).Merchant();
        (await merchant.Place(one)).ShouldBe(202);
        (await merchant.Place(other)).ShouldBe(202).Header("Idempotency-Replayed").ShouldBe(same ? "true" : null);
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("\"k")]
    [InlineData("\"k\"x")]
    [InlineData("\"k\";a=1")]
    [InlineData("\"k\\n\"")]
    [InlineData("\" k\"")]
    [InlineData("\"\"")]
    public async Task A_badly_quoted_idempotency_key_is_refused(string key) =>
        (await (await Api.Of(Mode.Embedded)).Merchant().Place(key)).ShouldBeProblem(400, "invalid-idempotency-key");

    static string Order(string sku, long? total)
    {
        var order = Caller.Order.Replace("tea-001", sku, StringComparison.Ordinal);
        var amount = total?.ToString(CultureInfo.InvariantCulture);
        return total is null ? order : order.Replace("\"EUR\",", $$"""
            "EUR","total":{"amount":{{amount}},"currency":"EUR"},
            """, StringComparison.Ordinal);
    }
}
