using OrderSaga.Platform.Switches;
using static Orders.Api.Tests.SwitchCalls;

namespace Orders.Api.Tests;

/// <summary>Rules of switches over HTTP, and what placements decide by them.</summary>
public sealed class SwitchTests(SwitchShop shared) : IClassFixture<SwitchShop>
{
    const string Reason = """{"reason":"a test"}""";

    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task An_order_gets_the_flow_of_the_rules_and_keeps_it(Mode mode)
    {
        await using var of = await SwitchShop.Start(mode);
        var before = await of.Placed("before");
        (before.Json["flow"]!.GetValue<string>(), before.Json["lane"]!.GetValue<string>()).ShouldBe(("stock-first", "main"));

        (await Put(of.Kim, "flow", """[{"value":"both-at-once","when":{"merchant":["shop"]}}]""")).ShouldBe(200);
        (await Put(of.Kim, "lane", """[{"value":"vip","when":{"merchant":["shop"],"customer":["c-1"]}}]""")).ShouldBe(200);
        var after = await of.Placed("after", """ "customer":"c-1","customerRole":"staff", """);
        (after.Json["flow"]!.GetValue<string>(), after.Json["lane"]!.GetValue<string>(), after.Json["customer"]!.GetValue<string>())
            .ShouldBe(("both-at-once", "vip", "c-1"));
        after.Json["status"]!.GetValue<string>().ShouldBe("Trying");

        (await Kill(of.Kim, "flow")).ShouldBe(200).Json["inForce"]!["killed"]!.GetValue<bool>().ShouldBeTrue();
        (await of.Placed("killed")).Json["flow"]!.GetValue<string>().ShouldBe("stock-first");
        var again = (await of.Placed("after", """ "customer":"c-1","customerRole":"staff", """)).Json;
        (again["id"]!.GetValue<string>(), again["flow"]!.GetValue<string>()).ShouldBe((after.Json["id"]!.GetValue<string>(), "both-at-once"));
        await Replayed(of, before, after);
    }

    static async Task Replayed(SwitchShop of, Answer before, Answer after)
    {
        (await of.Shop.Get("/orders/" + before.Json["id"])).Json["flow"]!.GetValue<string>().ShouldBe("stock-first");
        var id = after.Json["id"]!.GetValue<Guid>();
        var order = await of.Host.Read(db => db.Orders.SingleAsync(order => order.CorrelationId == id));
        (order.SwitchVersion, order.PaymentTried, order.TraceId).ShouldBe((2L, true, after.Json["traceId"]!.GetValue<string>()));
        var audit = await of.Host.Read(db => db.Audit.SingleAsync(row => row.SubjectId == id.ToString() && row.From == ""));
        audit.Detail.ShouldBe("switches version 2; flow both-at-once (rule 1); lane vip (rule 1); key roles orders; customer role staff");
    }

    [Fact]
    public async Task A_lane_has_a_limit_of_its_own()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded, "Orders:MaxOrdersInProgressByLane:grey=3");
        (await Put(of.Kim, "lane", """[{"value":"grey","when":{"merchant":["shop"],"customer":["g"]}}]""")).ShouldBe(200);
        await of.Placed("key-1", """ "customer":"g", """);
        await of.Placed("key-2", """ "customer":"g", """);
        var refused = (await of.Place("key-3", """ "customer":"g", """)).ShouldBeProblem(429, "too-many-orders");
        refused.Text.ShouldContain("maximum of 2 orders");
        await of.Placed("key-4");
    }

    [Fact]
    public async Task A_full_lane_is_refused_before_the_batches()
    {
        const string Grey = """ "customer":"g", """;
        await using var of = await SwitchShop.Start(Mode.Embedded, new ElapsedClock(), "Orders:MaxOrdersInProgressByLane:grey=3");
        (await Put(of.Kim, "lane", """[{"value":"grey","when":{"merchant":["shop"],"customer":["g"]}}]""")).ShouldBe(200);
        await of.Placed("key-1", Grey);
        await of.Placed("key-2", Grey);
        (await of.Place("key-3", Grey)).ShouldBeProblem(429, "too-many-orders");
        // While another client writes, no batch gets its turn.
        await using (await DatabaseHold.Begin(of.Installation, "BEGIN IMMEDIATE"))
            (await of.Place("key-3", Grey)).ShouldBeProblem(429, "too-many-orders");
        (await of.Placed("key-1", Grey)).Header("Idempotency-Replayed").ShouldBe("true");
        await of.Placed("key-4");
    }

    [Fact]
    public async Task An_order_of_a_removed_lane_goes_through_main()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded);
        (await Put(of.Kim, "lane", """[{"value":"vip"}]""")).ShouldBe(200);
        await of.Restart("Lanes:Use=main,grey");
        var order = (await of.Placed("after")).Json;
        order["lane"]!.GetValue<string>().ShouldBe("main");
        var id = order["id"]!.GetValue<string>();
        (await of.Host.Read(db => db.Audit.SingleAsync(row => row.SubjectId == id && row.From == ""))).Detail
            .ShouldBe("switches version 1; flow stock-first (default); lane main (vip is not in Lanes:Use); key roles orders");
        (await of.Kim.Post("/switches/lane/preview", """{"rules":[]}""")).ShouldBe(200).Json["changed"]!.GetValue<int>().ShouldBe(0);
    }

    [Fact]
    public async Task A_restored_database_may_count_a_version_again()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded);
        (await Put(of.Kim, "flow", """[{"value":"both-at-once"}]""")).ShouldBe(200);
        (await of.Placed("before")).Json["flow"]!.GetValue<string>().ShouldBe("both-at-once");
        await of.Host.Read(db => db.Set<SwitchVersion>().ExecuteDeleteAsync());
        await of.Host.Read(db => db.Set<Switch>().ExecuteDeleteAsync());

        (await Put(of.Kim, "flow", "[]")).ShouldBe(200).Json["inForce"]!["version"]!.GetValue<long>().ShouldBe(1);
        (await of.Placed("after")).Json["flow"]!.GetValue<string>().ShouldBe("stock-first");
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task A_change_needs_the_version_that_was_read(Mode mode)
    {
        await using var of = await SwitchShop.Start(mode);
        (await of.Kim.Put("/switches/flow", Body("[]"))).ShouldBeProblem(428, "precondition-required");
        (await Put(of.Kim, "flow", "[]", "*")).ShouldBeProblem(428, "precondition-required");
        var tag = (await of.Kim.Get("/switches/flow")).ShouldBe(200).Header("ETag")!;
        var both = await Task.WhenAll(Put(of.Kim, "flow", """[{"value":"both-at-once"}]""", tag), Put(of.Kim, "flow", "[]", tag));
        both.Select(answer => answer.Status).Order().ShouldBe([200, 412]);
        (await Put(of.Kim, "flow", "[]", tag)).ShouldBeProblem(412, "precondition-failed");
        (await of.Kim.Get("/switches/flow", ("If-None-Match", (await of.Kim.Get("/switches/flow")).Header("ETag")!))).ShouldBe(304);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task Versions_count_over_all_switches_and_stay(Mode mode)
    {
        await using var of = await SwitchShop.Start(mode);
        await Task.WhenAll(
            Put(of.Kim, "flow", """[{"value":"both-at-once"}]"""), Put(of.Lee, "lane", """[{"value":"grey","percent":5,"of":"orders"}]"""));
        (await Put(of.Kim, "flow", "[]")).ShouldBe(200);
        (await Put(of.Kim, "flow", "[]")).ShouldBe(200).Json["inForce"]!["version"]!.GetValue<long>().ShouldBe(3, "the same rules are no new version");
        (await Kill(of.Lee, "flow")).ShouldBe(200);
        (await Kill(of.Lee, "flow")).ShouldBe(200).Json["inForce"]!["version"]!.GetValue<long>().ShouldBe(4);

        var versions = (await of.Kim.Get("/switches/flow/versions?limit=2")).ShouldBe(200).Json;
        versions["items"]!.AsArray().Select(one => one!["version"]!.GetValue<long>()).ShouldBe([4, 3]);
        var next = (await of.Kim.Get($"/switches/flow/versions?cursor={versions["nextCursor"]}")).ShouldBe(200).Json;
        next["items"]!.AsArray().Count.ShouldBe(1);
        (await of.Kim.Get($"/switches/lane/versions?cursor={versions["nextCursor"]}")).ShouldBeProblem(400, "invalid-cursor");
        var audit = await of.Host.Read(db => db.Audit.Where(row => row.Subject == "switch" && row.SubjectId == "flow").OrderBy(row => row.Id).ToListAsync());
        audit.TakeLast(2).Select(row => $"{row.From} > {row.To} by {row.Cause} of {row.Actor}: {row.Detail}").ShouldBe(
        [
            $"{audit[0].To} > version 3 by PutSwitch of key kim: a test", "version 3 > version 4, killed by KillSwitch of key lee: a test",
        ]);
    }

    [Theory]
    [InlineData("flow", "null", "/rules")]
    [InlineData("flow", "[null]", "/rules/0")]
    [InlineData("flow", "[{}]", "/rules/0/value")]
    [InlineData("flow", """[{"value":"fast"}]""", "/rules/0/value")]
    [InlineData("lane", """[{"value":"both-at-once"}]""", "/rules/0/value")]
    [InlineData("flow", """[{"value":"both-at-once","percent":120,"of":"orders"}]""", "/rules/0/percent")]
    [InlineData("flow", """[{"value":"both-at-once","percent":0,"of":"orders"}]""", "/rules/0/percent")]
    [InlineData("flow", """[{"value":"both-at-once","percent":1.005,"of":"orders"}]""", "/rules/0/percent")]
    [InlineData("flow", """[{"value":"both-at-once","percent":10}]""", "/rules/0/of")]
    [InlineData("flow", """[{"value":"both-at-once","of":"orders"}]""", "/rules/0/of")]
    [InlineData("flow", """[{"value":"both-at-once","percent":10,"of":"cats"}]""", "/rules/0/of")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"colour":["red"]}}]""", "/rules/0/when")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"customer":["c-1"]}}]""", "/rules/0/when/customer")]
    [InlineData("flow", """[{"value":"stock-first","when":{"customer":["c-1"],"product":["tea-001"]}}]""", "/rules/0/when/customer")]
    [InlineData("flow", """[{"value":"both-at-once"},{"value":"stock-first","when":{"merchant":["shop"]}}]""", "/rules/1")]
    [InlineData("flow", """[{"value":"both-at-once","percent":100,"of":"orders"},{"value":"stock-first"}]""", "/rules/1")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"merchant":["shop "]}}]""", "/rules/0/when/merchant")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"merchant":[]}}]""", "/rules/0/when/merchant")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"merchant":null}}]""", "/rules/0/when/merchant")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"merchant":["shop",null]}}]""", "/rules/0/when/merchant")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"merchant":["Shop"]}}]""", "/rules/0/when/merchant")]
    [InlineData("lane", """[{"value":"vip","percent":1,"of":"orders"},{"value":"grey","when":{"merchant":["shpo"]}}]""", "/rules/1/when/merchant")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"product":["no-such-tea"]}}]""", "/rules/0/when/product")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"class":["falsh"]}}]""", "/rules/0/when/class")]
    [InlineData("flow", """[{"value":"both-at-once","when":{"keyRole":["admin"]}}]""", "/rules/0/when/keyRole")]
    public async Task Rules_that_could_not_work_are_refused(string name, string rules, string pointer)
    {
        var of = shared;
        (await Put(of.Kim, name, rules)).ShouldBeProblem(400, "invalid-switch-rules", pointer);
        (await of.Kim.Post($"/switches/{name}/preview", $$"""{"rules":{{rules}}}""")).ShouldBeProblem(400, "invalid-switch-rules", pointer);
        (await of.Host.Read(db => db.Audit.CountAsync(row => row.Subject == "switch"))).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"rules":[],"reason":"x","percent":5}""", "unknown-member")]
    [InlineData("""{"rules":[{"value":"both-at-once","when":{"merchant":["shop"],"merchant":["shop"]}}],"reason":"x"}""", "duplicate-member")]
    [InlineData("""{"rules":"all","reason":"x"}""", "wrong-type")]
    [InlineData("""{"rules":[]}""", "invalid-reason")]
    [InlineData("""{"rules":[],"reason":" "}""", "invalid-reason")]
    [InlineData("""{"rules":[],"reason":"\u200b"}""", "invalid-reason")]
    [InlineData("""{"rules":[],"reason":"\u202egnp.exe"}""", "invalid-reason")]
    [InlineData("""{"rules":[],"reason":"a\u2028b"}""", "invalid-reason")]
    [InlineData("{", "invalid-json")]
    public async Task An_invalid_change_is_refused(string body, string problem)
    {
        var of = shared;
        (await of.Kim.Send(HttpMethod.Put, "/switches/flow", body, [("If-Match", "*")])).ShouldBeProblem(400, problem);
    }

    [Fact]
    public async Task Too_many_names_are_refused()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded, "Switches:MaxNames=4");
        (await Put(of.Kim, "lane", """[{"value":"vip","when":{"merchant":["shop"],"customer":["a","b","c"]}}]""")).ShouldBe(200);
        (await Put(of.Kim, "lane", """[{"value":"vip","when":{"class":["a","b"]}},{"value":"grey","when":{"product":["c","d","e"]}}]"""))
            .ShouldBeProblem(400, "invalid-switch-rules", "/rules");
        (await of.Kim.Get("/switches/colour")).ShouldBeProblem(404, "switch-not-found");
        (await of.Kim.Get("/switches/Flow")).ShouldBeProblem(404, "switch-not-found");
    }

    [Fact]
    public async Task Only_release_keys_widen_and_operators_may_kill()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded);
        (await of.Olga.Get("/switches")).ShouldBe(200).Json.AsArray().Select(one => one!["name"]!.GetValue<string>()).ShouldBe(["flow", "lane"]);
        (await Put(of.Olga, "flow", "[]")).ShouldBeProblem(403, "forbidden");
        (await Kill(of.Olga, "flow")).ShouldBe(200);
        foreach (var call in (string[])["/switches", "/switches/flow", "/switches/flow/versions"])
            (await of.Shop.Get(call)).ShouldBeProblem(403, "forbidden");
        (await Kill(of.Shop, "flow")).ShouldBeProblem(403, "forbidden");
        (await of.Kim.Get("/orders")).ShouldBeProblem(403, "forbidden");
    }

    [Fact]
    public async Task A_preview_counts_what_would_change()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded);
        for (var i = 0; i < 10; i++)
            await of.Placed($"k{i}", i < 4 ? $" \"customer\":\"c-{i}\", " : "");
        const string rules = """[{"value":"vip","when":{"merchant":["shop"],"customer":["c-0","c-1"]}}]""";
        var preview = (await of.Kim.Post("/switches/lane/preview", $$"""{"rules":{{rules}},"last":10}""")).ShouldBe(200).Json;
        preview["values"]!.ToJsonString().ShouldBe("""{"main":8,"vip":2}""");
        preview["merchants"]!["shop"]!.ToJsonString().ShouldBe("""{"main":8,"vip":2}""");
        (preview["orders"]!.GetValue<int>(), preview["changed"]!.GetValue<int>(), preview["examples"]!.AsArray().Count).ShouldBe((10, 2, 2));
        (await of.Kim.Post("/switches/lane/preview", """{"rules":[],"last":0}""")).ShouldBeProblem(400, "invalid-switch-rules", "/last");
        (await of.Host.Read(db => db.Audit.CountAsync(row => row.Subject == "switch"))).ShouldBe(0);
    }

    [Theory]
    [InlineData("customer", "a b")]
    [InlineData("customer", "")]
    [InlineData("customer", "é")]
    [InlineData("customerRole", "Staff")]
    [InlineData("customerRole", "a-role-of-21-character")]
    public async Task An_invalid_customer_is_refused(string member, string value)
    {
        var of = shared;
        (await of.Place(Caller.NewKey(), $" \"{member}\":\"{value}\", ")).ShouldBeProblem(400, "invalid-order", "/" + member);
    }
}
