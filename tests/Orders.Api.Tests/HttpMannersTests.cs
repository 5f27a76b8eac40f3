using System.Globalization;

namespace Orders.Api.Tests;

/// <summary>HTTP rules that every endpoint follows.</summary>
public sealed class HttpMannersTests(Api api) : IClassFixture<Api>
{
    const string Product = """{"name":"Green tea","unitPrice":1250,"currency":"EUR"}""";

    [Theory]
    [InlineData("charset=\"utf-8\"", 202)]
    [InlineData("charset=UTF-8", 202)]
    [InlineData("charset=\"UTF-8\"", 202)]
    [InlineData("charset=utf8", 202)]
    [InlineData("charset=\"utf8\"", 202)]
    [InlineData("charset='utf-8'", 202)]
    [InlineData("CharSet=Utf8", 202)]
    [InlineData("charset=utf-8; charset=utf-8", 202)]
    [InlineData("charset=iso-8859-1", 202)]
    [InlineData("charset=\"us-ascii\"", 202)]
    [InlineData("v=1; charset=\"utf-8\"", 202)]
    [InlineData("profile=\"charset-x\"", 202)]
    [InlineData("charset=foo", 415)]
    [InlineData("charset=", 415)]
    [InlineData("charset=\"\"", 415)]
    [InlineData("charset=utf-7", 415)]
    [InlineData("charset=utf-8; charset=utf-16", 415)]
    [InlineData("charset=\"utf-8", 415)]
    public async Task A_charset_is_decoded_or_refused(string parameter, int status)
    {
        var merchant = api.Merchant();
        var type = "application/json; " + parameter;
        var placed = await merchant.Send(HttpMethod.Post, "/orders", Caller.Order, [("Idempotency-Key", "k")], type);
        placed.ShouldBe(status);
        (await api.Catalogue.Send(HttpMethod.Put, "/products/charset-001", Product, null, type)).Status.ShouldBeOneOf(status == 202 ? [200, 201] : [415]);
        var cancelled = await merchant.Send(HttpMethod.Post, $"/orders/{await merchant.Placed()}/cancel", "{}", null, type);
        cancelled.ShouldBe(status);
        if (status == 415)
            placed.Json["type"]!.GetValue<string>().ShouldBeOneOf("https://ordersaga.dev/problems/charset", "https://ordersaga.dev/problems/media-type");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("identity, gzip")]
    [InlineData("x")]
    public async Task A_content_encoded_body_is_refused(string coding)
    {
        var answer = await api.Merchant().PlaceRaw($"Idempotency-Key: k\r\nContent-Encoding: {coding}");
        answer.ShouldStartWith("HTTP/1.1 415 ");
        answer.ShouldContain("/problems/content-encoding");
        answer.ShouldContain("Accept-Encoding: identity");
        (await api.Merchant().PlaceRaw("Idempotency-Key: k\r\nContent-Encoding: Identity")).ShouldStartWith("HTTP/1.1 202 ");
    }

    [Theory]
    [InlineData("/orders", true)]
    [InlineData("/products", true)]
    [InlineData("/webhook-endpoints", true)]
    [InlineData("/nowhere", true)]
    [InlineData("/health/ready", true)]
    [InlineData("/openapi/v1.json", true)]
    [InlineData("/docs/index.html", false)]
    public async Task No_answer_is_framed_or_kept_in_a_cache(string path, bool noStore)
    {
        var answer = await api.Merchant().Get(path);
        answer.Header("Content-Security-Policy")!.ShouldStartWith("default-src 'none'");
        answer.Header("Content-Security-Policy")!.ShouldContain("frame-ancestors 'none'");
        if (noStore)
            answer.Header("Cache-Control").ShouldBe("no-store");
    }

    [Fact]
    public async Task The_pages_keep_no_key() =>
        (await api.Stranger.Get("/docs/index.js")).ShouldBe(200).Text.ShouldNotContain("\"persistAuthorization\":true");

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/openapi/v1.json")]
    public async Task HEAD_needs_no_key_where_GET_needs_none(string path)
    {
        var head = (await api.Stranger.Send(HttpMethod.Head, path, null)).ShouldBe(200);
        head.Body.ShouldBeEmpty();
        head.ContentType.ShouldBe((await api.Stranger.Get(path)).ContentType);
    }

    [Fact]
    public async Task HEAD_answers_like_GET_without_a_body()
    {
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        foreach (var path in new[] { "/orders", $"/orders/{id}", $"/orders/{id}/timeline", $"/orders/{id}/trace", $"/orders/{id}/events", "/products/tea-001" })
        {
            var head = (await merchant.Send(HttpMethod.Head, path, null)).ShouldBe(200);
            head.Body.ShouldBeEmpty(path);
        }

        (await merchant.Send(HttpMethod.Head, "/orders/019c13f2-6c00-7a51-8f3e-2b7d64c1a901", null)).ShouldBe(404);
        (await merchant.Send(HttpMethod.Head, "/orders?limt=1", null)).ShouldBe(400);
        (await api.Stranger.Send(HttpMethod.Head, "/orders", null)).ShouldBe(401);
    }

    [Theory]
    [InlineData("OPTIONS", "/orders", 204, "POST, GET, HEAD, OPTIONS")]
    [InlineData("OPTIONS", "/products/x", 204, "GET, HEAD, PUT, OPTIONS")]
    [InlineData("OPTIONS", "/health/live", 204, "GET, HEAD, OPTIONS")]
    [InlineData("DELETE", "/orders", 405, "POST, GET, HEAD, OPTIONS")]
    [InlineData("PATCH", "/products/tea-001", 405, "GET, HEAD, PUT, OPTIONS")]
    [InlineData("POST", "/health/ready", 405, "GET, HEAD, OPTIONS")]
    [InlineData("HEAD", "/orders/x/cancel", 405, "POST, OPTIONS")]
    [InlineData("TRACE", "/orders", 405, "POST, GET, HEAD, OPTIONS")]
    public async Task OPTIONS_lists_methods_without_a_key(string method, string path, int status, string allow)
    {
        foreach (var caller in new[] { api.Stranger, api.Merchant() })
        {
            var answer = (await caller.Send(new HttpMethod(method), path, null)).ShouldBe(status);
            answer.Allow.ShouldBe(allow.Split(", "), ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData("/orders/{id}?x=1")]
    [InlineData("/orders/{id}/timeline?x=1")]
    [InlineData("/orders/{id}/events?x=1")]
    [InlineData("/products/tea-001?x=1")]
    [InlineData("/webhook-endpoints?x=1")]
    [InlineData("/health/live?x=1")]
    [InlineData("/openapi/v1.json?x=1")]
    [InlineData("/orders?Limit=1")]
    [InlineData("/orders?limit[]=1")]
    public async Task An_unknown_query_parameter_is_refused(string path)
    {
        var merchant = api.Merchant();
        var order = path.Contains("{id}", StringComparison.Ordinal) ? (await merchant.Placed()).ToString() : "";
        (await merchant.Get(path.Replace("{id}", order, StringComparison.Ordinal))).ShouldBeProblem(400, "unknown-parameter");
    }

    [Theory]
    [InlineData("%2B5")]
    [InlineData("5%20")]
    [InlineData("05")]
    [InlineData("")]
    [InlineData("0x5")]
    [InlineData("5.0")]
    [InlineData("\u0665")]
    [InlineData("5&limit=6")]
    [InlineData("5&limit=5")]
    public async Task A_page_limit_is_one_plain_number(string limit)
    {
        foreach (var list in new[] { "/orders", "/products", "/webhook-endpoints" })
            (await api.Merchant().Get($"{list}?limit={limit}")).ShouldBeProblem(400, "invalid-parameter");
    }

    [Fact]
    public async Task A_cursor_is_valid_for_its_own_list_only()
    {
        var merchant = api.Merchant();
        await merchant.Placed();
        await merchant.Placed();
        var orders = (await merchant.Get("/orders?limit=1")).ShouldBe(200).Json["nextCursor"]!.GetValue<string>();
        var products = (await merchant.Get("/products?limit=1")).ShouldBe(200).Json["nextCursor"]!.GetValue<string>();
        (await merchant.Get("/orders?cursor=" + orders)).ShouldBe(200);
        (await merchant.Get("/orders?cursor=" + products)).ShouldBeProblem(400, "invalid-cursor");
        (await merchant.Get("/products?cursor=" + orders)).ShouldBeProblem(400, "invalid-cursor");
        (await merchant.Get("/webhook-endpoints?cursor=" + orders)).ShouldBeProblem(400, "invalid-cursor");
        (await merchant.Get("/webhook-endpoints?cursor=" + products)).ShouldBeProblem(400, "invalid-cursor");
    }

    [Theory]
    [InlineData("If-Match", "\"stale\"", 412)]
    [InlineData("If-Match", "W/{etag}", 412)]
    [InlineData("If-Match", "\"stale\", {etag}", 200)]
    [InlineData("If-Match", "{etag}", 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "stale", 400)]
    [InlineData("If-Match", "*, {etag}", 400)]
    [InlineData("If-None-Match", "*", 412)]
    [InlineData("If-None-Match", "{etag}", 412)]
    [InlineData("If-None-Match", "W/{etag}", 412)]
    [InlineData("If-None-Match", "\"stale\"", 200)]
    [InlineData("If-Unmodified-Since", "Wed, 01 Jan 2020 00:00:00 GMT", 412)]
    [InlineData("If-Unmodified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 200)]
    public async Task PUT_honours_its_precondition(string header, string value, int status)
    {
        var sku = $"pre-{Caller.NewKey()}";
        var made = (await api.Catalogue.Put("/products/" + sku, Product)).ShouldBe(201).Header("ETag")!;
        var read = (await api.Catalogue.Get("/products/" + sku)).ShouldBe(200);
        read.Header("ETag").ShouldBe(made);

        var changed = Product.Replace("1250", "9", StringComparison.Ordinal);
        var answer = await api.Catalogue.Send(HttpMethod.Put, "/products/" + sku, changed, [(header, value.Replace("{etag}", made, StringComparison.Ordinal))]);
        answer.ShouldBe(status);
        var price = (await api.Catalogue.Get("/products/" + sku)).Json["unitPrice"]!.GetValue<long>();
        price.ShouldBe(status == 200 ? 9 : 1250);
        if (status == 200)
            answer.Header("ETag").ShouldNotBe(made);
        if (status == 412)
            answer.ShouldBeProblem(412, "precondition-failed");
    }

    [Fact]
    public async Task PUT_of_a_missing_product_honours_its_precondition()
    {
        var path = $"/products/pre-{Caller.NewKey()}";
        (await api.Catalogue.Send(HttpMethod.Put, path, Product, [("If-Match", "*")])).ShouldBeProblem(412, "precondition-failed");
        (await api.Catalogue.Get(path)).ShouldBe(404);
        (await api.Catalogue.Send(HttpMethod.Put, path, Product, [("If-None-Match", "*")])).ShouldBe(201);
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Of_concurrent_PUTs_with_one_ETag_one_succeeds(Mode mode)
    {
        var on = await Api.Of(mode);
        var path = $"/products/pre-{Caller.NewKey()}";
        var first = await Task.WhenAll(Enumerable.Range(1, 8).Select(price => Put(price, "If-None-Match", "*")));
        first.Count(answer => answer.Status == 201).ShouldBe(1);
        first.Count(answer => answer.Status == 412).ShouldBe(7);

        var tag = (await on.Catalogue.Get(path)).Header("ETag")!;
        var second = await Task.WhenAll(Enumerable.Range(11, 8).Select(price => Put(price, "If-Match", tag)));
        second.Count(answer => answer.Status == 200).ShouldBe(1);
        second.Count(answer => answer.Status == 412).ShouldBe(7);

        Task<Answer> Put(int price, string header, string value) => on.Catalogue.Send(
            HttpMethod.Put, path, Product.Replace("1250", price.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal), [(header, value)]);
    }

    [Fact]
    public async Task A_read_with_a_current_ETag_returns_304()
    {
        var tag = (await api.Catalogue.Get("/products/tea-001")).Header("ETag")!;
        var known = (await api.Catalogue.Get("/products/tea-001", ("If-None-Match", tag))).ShouldBe(304);
        known.Body.ShouldBeEmpty();
        known.Header("ETag").ShouldBe(tag);
        (await api.Catalogue.Get("/products/tea-001", ("If-None-Match", "\"other\""))).ShouldBe(200);
        (await api.Catalogue.Get("/products/tea-001", ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT"))).ShouldBe(304);
        (await api.Catalogue.Get("/products/tea-001", ("If-Match", "\"other\""))).ShouldBe(412);
    }

    [Fact]
    public async Task An_endpoint_without_ETags_refuses_preconditions()
    {
        var merchant = api.Merchant();
        var id = await merchant.Placed();
        (await merchant.Post($"/orders/{id}/cancel", "{}", ("If-Match", "\"1\""))).ShouldBeProblem(412, "precondition-failed");
        (await merchant.Place("k", Caller.Order, ("If-Unmodified-Since", "Wed, 01 Jan 2020 00:00:00 GMT"))).ShouldBeProblem(412, "precondition-failed");
        (await merchant.Get($"/orders/{id}")).Json["status"]!.GetValue<string>().ShouldBe("Reserving");
    }
}
