namespace Orders.Api.Tests;

/// <summary>Every kind of invalid request gets a 4xx problem with advice, and leaves no row.</summary>
public sealed class BadOrderTests(Api api) : IClassFixture<Api>
{
    const string Good = Caller.Order;

    [Theory]
    [InlineData("", "no-body", null)]
    [InlineData("null", "no-body", null)]
    [InlineData("{", "invalid-json", null)]
    [InlineData("not json", "invalid-json", null)]
    [InlineData(Good + "x", "invalid-json", null)]
    [InlineData("[]", "wrong-type", "")]
    [InlineData("\"order\"", "wrong-type", "")]
    [InlineData("{}", "invalid-order", "/currency")]
    [InlineData("{}", "invalid-order", "/lines")]
    [InlineData("{}", "invalid-order", "/payment/method")]
    [InlineData("""{"currency":"EUR","currency":"EUR"}""", "duplicate-member", "/currency")]
    [InlineData("""{"Currency":"EUR"}""", "unknown-member", "/Currency")]
    public Task A_body_that_is_no_order_is_refused(string body, string problem, string? pointer) => Refused(body, 400, problem, pointer);

    [Theory]
    [InlineData("\"EUR\"", "\"EUR\",\"sum\":1", "unknown-member", "/sum")]
    [InlineData("\"EUR\"", "\"EUR\",\"total\":1", "wrong-type", "/total")]
    [InlineData("\"EUR\"", "\"EUR\",\"total\":{}", "invalid-order", "/total/amount")]
    [InlineData("\"EUR\"", "\"EUR\",\"total\":{\"amount\":0,\"currency\":\"EUR\"}", "invalid-order", "/total/amount")]
    [InlineData("\"EUR\"", "\"EUR\",\"total\":{\"amount\":2500,\"currency\":\"USD\"}", "invalid-order", "/total/currency")]
    [InlineData("\"EUR\"", "\"EUR\",\"total\":{\"amount\":25.0,\"currency\":\"EUR\"}", "wrong-type", "/total/amount")]
    [InlineData("\"quantity\":2", "\"quantity\":2,\"unitPrice\":1", "unknown-member", "/lines/0/unitPrice")]
    [InlineData("\"tok_ok\"", "\"tok_ok\",\"amount\":1", "unknown-member", "/payment/amount")]
    [InlineData("\"EUR\"", "\"EUR\",\"class\":\"Flash\"", "invalid-order", "/class")]
    [InlineData("\"EUR\"", "\"EUR\",\"class\":\"\"", "invalid-order", "/class")]
    [InlineData("\"EUR\"", "\"eur\"", "invalid-order", "/currency")]
    [InlineData("\"EUR\"", "\"EURO\"", "invalid-order", "/currency")]
    [InlineData("\"EUR\"", "\"XXX\"", "invalid-order", "/currency")]
    [InlineData("\"EUR\"", "\"\"", "invalid-order", "/currency")]
    [InlineData("\"EUR\"", "null", "invalid-order", "/currency")]
    [InlineData("\"EUR\"", "978", "wrong-type", "/currency")]
    [InlineData("\"tea-001\"", "\"TEA-001\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "\"-tea\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "\"tea 001\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "\"tea-001\\n\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "\"té\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "\"'; drop table orders;--\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "\"\"", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "null", "invalid-order", "/lines/0/sku")]
    [InlineData("\"tea-001\"", "12", "wrong-type", "/lines/0/sku")]
    [InlineData(":2}", ":0}", "invalid-order", "/lines/0/quantity")]
    [InlineData(":2}", ":-1}", "invalid-order", "/lines/0/quantity")]
    [InlineData(":2}", ":1000001}", "invalid-order", "/lines/0/quantity")]
    [InlineData(":2}", ":null}", "invalid-order", "/lines/0/quantity")]
    [InlineData(":2}", ":1.5}", "wrong-type", "/lines/0/quantity")]
    [InlineData(":2}", ":\"2\"}", "wrong-type", "/lines/0/quantity")]
    [InlineData(":2}", ":99999999999999999999}", "wrong-type", "/lines/0/quantity")]
    [InlineData(":2}", ":2},null", "invalid-order", "/lines/1/sku")]
    [InlineData(":2}", ":2},{\"sku\":\"tea-001\",\"quantity\":1}", "invalid-order", "/lines/1/sku")]
    [InlineData("[{\"sku\":\"tea-001\",\"quantity\":2}]", "[]", "invalid-order", "/lines")]
    [InlineData("[{\"sku\":\"tea-001\",\"quantity\":2}]", "{}", "wrong-type", "/lines")]
    [InlineData("\"card\"", "\"cash\"", "invalid-order", "/payment/method")]
    [InlineData("\"card\"", "null", "invalid-order", "/payment/method")]
    [InlineData("\"card\"", "\"hosted\"", "invalid-order", "/payment/token")]
    [InlineData(",\"token\":\"tok_ok\"", "", "invalid-order", "/payment/token")]
    [InlineData("\"tok_ok\"", "\"\"", "invalid-order", "/payment/token")]
    [InlineData("\"tok_ok\"", "\"tok ok\"", "invalid-order", "/payment/token")]
    [InlineData("\"tok_ok\"", "\"4111111111111111\"", "invalid-order", "/payment/token")]
    [InlineData("\"tok_ok\"", "\"4111 1111 1111 1111\"", "invalid-order", "/payment/token")]
    [InlineData("\"tok_ok\"", "\"4111-1111-1111-1111\"", "invalid-order", "/payment/token")]
    public Task Each_invalid_field_is_refused_by_name(string good, string bad, string problem, string pointer)
    {
        Good.ShouldContain(good);
        return Refused(Good.Replace(good, bad, StringComparison.Ordinal), 400, problem, pointer);
    }

    [Theory]
    [InlineData("nothing-001", 1, "unknown-sku")]
    [InlineData("dollar-001", 1, "currency-differs")]
    [InlineData("dear-001", 1, "total-too-large")]
    [InlineData("dear-001", 2, "total-too-large")]
    [InlineData("dear-001", 1_000_000, "total-too-large")]
    public Task An_order_that_cannot_be_priced_is_refused(string sku, int quantity, string problem) =>
        Refused(Good.Replace("tea-001", sku, StringComparison.Ordinal).Replace(":2}", $":{quantity}}}", StringComparison.Ordinal), 422, problem, null);

    [Fact]
    public Task A_sku_of_65_characters_is_refused() =>
        Refused(Good.Replace("tea-001", new string('a', 65), StringComparison.Ordinal), 400, "invalid-order", "/lines/0/sku");

    [Fact]
    public async Task An_order_takes_at_most_100_lines()
    {
        static string Lines(int count) => Good.Replace("""{"sku":"tea-001","quantity":2}""",
            string.Join(",", Enumerable.Range(1, count).Select(i => $$"""{"sku":"many-{{i}}","quantity":1}""")), StringComparison.Ordinal);
        await Refused(Lines(101), 400, "invalid-order", "/lines");
        await Refused(Lines(100), 422, "unknown-sku", "/lines/99/sku");
    }

    [Fact]
    public async Task An_oversized_body_is_refused()
    {
        await Refused(Good.Replace("tok_ok", new string('a', 70_000), StringComparison.Ordinal), 413, "body-too-large", null);
        await Refused(Good.Replace("tok_ok", new string('a', 256), StringComparison.Ordinal), 400, "invalid-order", "/payment/token");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData(null)]
    public async Task A_body_without_a_json_content_type_is_refused(string? contentType)
    {
        var merchant = api.Merchant();
        (await merchant.Send(HttpMethod.Post, "/orders", Good, [("Idempotency-Key", "k")], contentType)).ShouldBeProblem(415, "media-type");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("caf\u00e9")]
    [InlineData("a\tb")]
    public async Task An_invalid_idempotency_key_is_refused(string? key) =>
        (await api.Merchant().Post("/orders", Good, key is null ? [] : [("Idempotency-Key", key)])).ShouldBeProblem(400, "invalid-idempotency-key");

    [Fact]
    public async Task A_long_or_repeated_idempotency_key_is_refused()
    {
        var merchant = api.Merchant();
        (await merchant.Place(new string('k', 256))).ShouldBeProblem(400, "invalid-idempotency-key");
        var twice = await merchant.PlaceRaw("Idempotency-Key: one\r\nIdempotency-Key: two");
        twice.ShouldStartWith("HTTP/1.1 400 ");
        twice.ShouldContain("/problems/invalid-idempotency-key");
        (await merchant.Place(new string('k', 255))).ShouldBe(202);
    }

    [Fact]
    public async Task An_internal_failure_reveals_no_details()
    {
        var answer = (await api.Merchant().Get("/fails")).ShouldBeProblem(500, "internal");
        answer.Text.ShouldNotContain("secret");
        answer.Text.ShouldNotContain("Exception");
    }

    async Task Refused(string body, int status, string problem, string? pointer)
    {
        var before = await Rows();
        (await api.Merchant().Place("k", body)).ShouldBeProblem(status, problem, pointer);
        (await Rows()).ShouldBe(before);
    }

    Task<string> Rows() => api.Host.Read(async db =>
    {
        var audit = await db.Audit.CountAsync(row => row.Subject == "order");
        return $"{await db.Orders.CountAsync()} orders, {await db.IdempotencyRecords.CountAsync()} keys, {audit} audit rows";
    });
}
