namespace Orders.Api.Tests;

public sealed class ProductTests
{
    const string Tea = """{"name":"Green tea","unitPrice":1250,"currency":"EUR"}""";

    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory]
    [InlineData("us-ascii")]
    [InlineData("ascii")]
    public async Task Text_beyond_ASCII_is_read_as_UTF_8(string charset)
    {
        var answer = await (await Api.Of(Mode.Embedded)).Catalogue.Send(
            HttpMethod.Put, "/products/ascii-001", """{"name":"café €","unitPrice":100,"currency":"EUR"}""", null, $"application/json; charset={charset}");
        ((string)answer.Json["name"]!).ShouldBe("café €");
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task PUT_creates_then_updates_a_product_idempotently(Mode mode)
    {
        var api = await Api.Of(mode);
        var made = (await api.Catalogue.Put("/products/put-001", Tea)).ShouldBe(201);
        made.Header("Location").ShouldBe("/products/put-001");
        (await api.Catalogue.Put("/products/put-001", Tea)).ShouldBe(200);
        (await api.Host.Read(db => db.Products.SingleAsync(product => product.Sku == "put-001"))).Version.ShouldBe(1);

        (await api.Catalogue.Put("/products/put-001", Tea.Replace("1250", "1300", StringComparison.Ordinal))).ShouldBe(200);
        var product = (await api.Merchant().Get("/products/put-001")).ShouldBe(200).Json;
        $"{product["sku"]} {product["name"]} {product["unitPrice"]}".ShouldBe("put-001 Green tea 1300");
        var audit = await api.Host.Read(db => db.Audit.Where(row => row.SubjectId == "put-001").OrderBy(row => row.Id).ToListAsync());
        audit.Select(row => row.From + ">" + row.To).ShouldBe([">1250 EUR", "1250 EUR>1300 EUR"]);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Concurrent_PUTs_leave_one_product(Mode mode)
    {
        var api = await Api.Of(mode);
        var bodies = Enumerable.Range(1, 16).Select(price => Tea.Replace("1250", $"{price}", StringComparison.Ordinal));
        var answers = await Task.WhenAll(bodies.Select(body => api.Catalogue.Put("/products/race-001", body)));
        answers.ShouldAllBe(answer => answer.Status == 200 || answer.Status == 201);
        answers.Count(answer => answer.Status == 201).ShouldBe(1);
        (await api.Host.Read(db => db.Products.SingleAsync(product => product.Sku == "race-001"))).Version.ShouldBe(16);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Products_are_paged_by_sku(Mode mode)
    {
        var api = await Api.Of(mode);
        var merchant = api.Merchant();
        for (var i = 0; i < 5; i++)
            await api.Catalogue.Price($"zz-{i}", 100);
        var skus = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await merchant.Get("/products?limit=2" + (cursor is null ? "" : "&cursor=" + cursor))).ShouldBe(200).Json;
            skus.AddRange(page["items"]!.AsArray().Select(product => product!["sku"]!.GetValue<string>()));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        skus.ShouldBeUnique();
        skus.Where(sku => sku.StartsWith("zz-", StringComparison.Ordinal)).ShouldBe(["zz-0", "zz-1", "zz-2", "zz-3", "zz-4"]);
        (await merchant.Get("/products?cursor=x")).ShouldBeProblem(400, "invalid-cursor");
        (await merchant.Get("/products?limit=0")).ShouldBeProblem(400, "invalid-parameter");
    }

    [Theory]
    [InlineData("{}", "invalid-product", "/name")]
    [InlineData("""{"name":"","unitPrice":1,"currency":"EUR"}""", "invalid-product", "/name")]
    [InlineData("""{"name":"a\u0000b","unitPrice":1,"currency":"EUR"}""", "invalid-product", "/name")]
    [InlineData("""{"name":"a","unitPrice":0,"currency":"EUR"}""", "invalid-product", "/unitPrice")]
    [InlineData("""{"name":"a","unitPrice":-5,"currency":"EUR"}""", "invalid-product", "/unitPrice")]
    [InlineData("""{"name":"a","unitPrice":1000000000001,"currency":"EUR"}""", "invalid-product", "/unitPrice")]
    [InlineData("""{"name":"a","unitPrice":12.5,"currency":"EUR"}""", "wrong-type", "/unitPrice")]
    [InlineData("""{"name":"a","unitPrice":1,"currency":"EURO"}""", "invalid-product", "/currency")]
    [InlineData("""{"name":"a","unitPrice":1,"currency":"EUR","stock":5}""", "unknown-member", "/stock")]
    public async Task An_invalid_product_is_refused(string body, string problem, string pointer)
    {
        var api = await Api.Of(Mode.Embedded);
        (await api.Catalogue.Put("/products/bad-001", body)).ShouldBeProblem(400, problem, pointer);
        (await api.Catalogue.Get("/products/bad-001")).ShouldBeProblem(404, "product-not-found");
    }

    [Theory]
    [InlineData("Tea")]
    [InlineData("%20tea")]
    [InlineData("-tea")]
    [InlineData("a23456789b23456789c23456789d23456789e23456789f23456789g23456789h2345")]
    public async Task An_invalid_sku_is_refused(string sku)
    {
        var api = await Api.Of(Mode.Embedded);
        (await api.Catalogue.Put("/products/" + sku, Tea)).ShouldBeProblem(400, "invalid-sku");
        (await api.Catalogue.Get("/products/" + sku)).ShouldBeProblem(400, "invalid-sku");
    }
}
