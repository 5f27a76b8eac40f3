using OrderSaga.Contracts;
using OrderSaga.Platform.Http;

namespace Orders.Api.Tests;

public sealed class AccessTests(Api api) : IClassFixture<Api>
{
    static readonly string[] Calls = ["", "/timeline", "/trace", "/events", "/cancel"];

    [Fact]
    public async Task Another_merchants_order_is_not_found()
    {
        var (owner, other) = (api.Merchant(), api.Merchant());
        var id = await owner.Placed();
        foreach (var call in Calls)
            (await Ask(other, id, call)).ShouldBeProblem(404, "order-not-found");
        (await other.Get("/orders")).ShouldBe(200).Json["items"]!.AsArray().ShouldBeEmpty();
        (await owner.Get("/orders")).ShouldBe(200).Json["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_merchants_can_use_the_same_key()
    {
        var (one, two) = (api.Merchant(), api.Merchant());
        var first = (await one.Place("k")).ShouldBe(202);
        var second = (await two.Place("k", Caller.Hosted)).ShouldBe(202);
        second.Header("Idempotency-Replayed").ShouldBeNull();
        second.Header("Location").ShouldNotBe(first.Header("Location"));
    }

    /// <summary>The platform does not reference the contracts, so the rule exists twice.</summary>
    [Fact]
    public void A_key_accepts_every_valid_merchant_name()
    {
        string?[] names = [null, "", "a-b._c", new('a', FieldRules.MaxMerchantLength), new('a', FieldRules.MaxMerchantLength + 1)];
        var characters = Enumerable.Range(0, 0x1000).Select(code => (char)code).SelectMany(c => (string[])[$"{c}", $"a{c}", $"a{c}a"]);
        foreach (var name in names.Concat(characters))
            ApiKeys.ValidMerchant(name).ShouldBe(FieldRules.IsMerchant(name), name);
        ApiKeys.MerchantRule.ShouldBe(FieldRules.SkuRule);
    }

    [Theory]
    [InlineData("not-an-id")]
    [InlineData("019c13f26c007a518f3e2b7d64c1a901")]
    [InlineData("{019c13f2-6c00-7a51-8f3e-2b7d64c1a901}")]
    [InlineData("%27%20or%201=1")]
    public async Task A_malformed_order_id_is_refused(string id)
    {
        foreach (var call in Calls)
            (await Ask(api.Merchant(), id, call)).ShouldBeProblem(400, "invalid-id");
    }

    [Fact]
    public async Task An_unknown_order_is_not_found() =>
        (await api.Merchant().Get("/orders/019c13f2-6c00-7a51-8f3e-2b7d64c1a901")).ShouldBeProblem(404, "order-not-found");

    [Fact]
    public async Task An_unknown_key_is_unauthorized()
    {
        foreach (var path in (string[])["/orders", "/orders/x", "/orders/x/events", "/products", "/nowhere", "/fails"])
            (await api.Stranger.Get(path)).ShouldBeProblem(401, "unauthorized").Header("WWW-Authenticate").ShouldBe("Bearer");
        (await api.Stranger.Place("k")).ShouldBeProblem(401, "unauthorized");
        (await new Caller(api.Host, "", "os_wrong").Get("/orders")).ShouldBeProblem(401, "unauthorized").Text.ShouldContain("The API key is unknown");
    }

    [Fact]
    public async Task Either_header_can_carry_the_key()
    {
        var merchant = api.Merchant();
        (await api.Stranger.Get("/orders", ("X-Api-Key", merchant.Key!))).ShouldBe(200);
        (await api.Stranger.Get("/orders", ("Authorization", "bearer " + merchant.Key))).ShouldBe(200);
    }

    [Fact]
    public async Task A_key_is_limited_to_its_roles()
    {
        (await api.Catalogue.Get("/orders")).ShouldBeProblem(403, "forbidden").Text.ShouldContain("requires the role orders; this key has: catalogue");
        (await api.Catalogue.Place("k")).ShouldBeProblem(403, "forbidden");
        (await api.Merchant().Put("/products/x", "{}")).ShouldBeProblem(403, "forbidden");
        (await api.Merchant().Get("/products")).ShouldBe(200);
    }

    [Fact]
    public async Task Key_rotation_needs_no_restart()
    {
        var first = new Caller(api.Host, "late", ApiKeys.Create(api.Installation.Directory, "late", "late", Roles.Orders));
        await Eventually.Holds("the new key is accepted", async () => (await first.Get("/orders")).Status == 200);
        var second = new Caller(api.Host, "late", ApiKeys.Create(api.Installation.Directory, "late", "late", Roles.Orders));
        await Eventually.Holds("the second key is accepted", async () => (await second.Get("/orders")).Status == 200);
        (await first.Get("/orders")).ShouldBeProblem(401, "unauthorized");
    }

    [Fact]
    public void Keys_are_stored_hashed_in_an_owner_only_file()
    {
        var file = Path.Combine(api.Installation.Directory, ApiKeys.FileName);
        File.ReadAllText(file).ShouldNotContain(api.Merchant().Key!);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Should.Throw<ArgumentException>(() => ApiKeys.Create(api.Installation.Directory, "x", "Upper", Roles.Orders));
        Should.Throw<ArgumentException>(() => ApiKeys.Create(api.Installation.Directory, "x", "x", "admin"));
        Should.Throw<ArgumentException>(() => ApiKeys.Create(api.Installation.Directory, "x", "x"));
    }

    [Fact]
    public async Task An_unknown_path_is_not_found()
    {
        var merchant = api.Merchant();
        (await merchant.Get("/nowhere")).ShouldBeProblem(404, "route-not-found");
        (await merchant.Send(HttpMethod.Delete, "/orders", null)).ShouldBeProblem(405, "method-not-allowed");
        (await merchant.Send(HttpMethod.Patch, "/products/tea-001", "{}")).ShouldBeProblem(405, "method-not-allowed");
    }

    static Task<Answer> Ask(Caller caller, object id, string call) =>
        caller.Send(call == "/cancel" ? HttpMethod.Post : HttpMethod.Get, $"/orders/{id}{call}", null);
}
