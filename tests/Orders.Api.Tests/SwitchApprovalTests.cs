using OrderSaga.Platform.Switches;
using static Orders.Api.Tests.SwitchCalls;

namespace Orders.Api.Tests;

/// <summary>Who may widen and end rules: a second person, and the guard.</summary>
public sealed class SwitchApprovalTests
{
    const string Reason = """{"reason":"a test"}""";

    public static IEnumerable<object[]> Modes => Mode.All();

    [Theory, MemberData(nameof(Modes))]
    public async Task Wider_rules_wait_for_a_second_person(Mode mode)
    {
        await using var of = await SwitchShop.Start(mode, "Switches:TwoPersons=true");
        var proposed = (await Put(of.Kim, "flow", """[{"value":"both-at-once","when":{"merchant":["shop"]}}]""")).ShouldBe(202).Json;
        (proposed["inForce"], proposed["proposal"]!["by"]!.GetValue<string>()).ShouldBe((null, "kim"));
        (await of.Placed("proposed")).Json["flow"]!.GetValue<string>().ShouldBe("stock-first");

        (await Approve(of.Kim, "flow")).ShouldBeProblem(409, "action-refused");
        (await of.Lee.Post("/switches/flow/approve", Reason)).ShouldBeProblem(428, "precondition-required");
        var approved = (await Approve(of.Lee, "flow")).ShouldBe(200).Json["inForce"]!;
        (approved["by"]!.GetValue<string>(), approved["approvedBy"]!.GetValue<string>()).ShouldBe(("kim", "lee"));
        (await of.Placed("approved")).Json["flow"]!.GetValue<string>().ShouldBe("both-at-once");

        // Narrower rules and kill do not wait.
        (await Put(of.Kim, "flow", """[{"value":"both-at-once","when":{"merchant":["shop"]},"percent":50,"of":"orders"}]""")).ShouldBe(200);
        (await Put(of.Kim, "flow", """[{"value":"both-at-once"}]""")).ShouldBe(202);
        (await Approve(of.Lee, "flow", "\"0\"")).ShouldBeProblem(412, "precondition-failed");
        (await of.Kim.Post("/switches/flow/withdraw", Reason)).ShouldBe(200).Json["proposal"].ShouldBeNull();
        (await of.Kim.Post("/switches/flow/withdraw", Reason)).ShouldBeProblem(409, "action-refused");
        (await Approve(of.Lee, "flow")).ShouldBeProblem(409, "action-refused");
        (await Put(of.Kim, "flow", """[{"value":"both-at-once"}]""")).ShouldBe(202);
        (await Kill(of.Kim, "flow")).ShouldBe(200).Json["proposal"].ShouldBeNull();
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task The_audit_has_each_proposal_and_its_end(Mode mode)
    {
        await using var of = await SwitchShop.Start(mode, "Switches:TwoPersons=true");
        const string Wide = """[{"value":"both-at-once"}]""", Narrow = """[{"value":"both-at-once","when":{"merchant":["shop"]}}]""";
        (await Put(of.Kim, "flow", Narrow)).ShouldBe(202);
        (await of.Lee.Post("/switches/flow/approve", """{"reason":"I have read it"}""", ("If-Match", (await of.Lee.Get("/switches/flow")).Header("ETag")!)))
            .ShouldBe(200).Json["inForce"]!["reason"]!.GetValue<string>().ShouldBe("a test", "the proposer's");
        (await Put(of.Kim, "flow", Wide)).ShouldBe(202);
        (await Put(of.Lee, "flow", Narrow)).ShouldBe(200).Json["proposal"].ShouldBeNull("the rules in force drop it");
        (await Put(of.Kim, "flow", Narrow)).ShouldBe(200);
        (await Put(of.Kim, "flow", Wide)).ShouldBe(202);
        (await Kill(of.Lee, "flow")).ShouldBe(200);

        (await of.Host.Read(db => db.Audit.Where(row => row.Subject == "switch").OrderBy(row => row.Id).ToListAsync()))
            .Select(row => $"{row.From} > {row.To} by {row.Actor}: {row.Detail}").ShouldBe(
        [
            $"version 0 > version 0 and a proposal of kim by key kim: a test; rules {Narrow}",
            "version 0 and a proposal of kim > version 1 by key lee: I have read it",
            $"version 1 > version 1 and a proposal of kim by key kim: a test; rules {Wide}",
            "version 1 and a proposal of kim > version 1 by key lee: a test",
            $"version 1 > version 1 and a proposal of kim by key kim: a test; rules {Wide}",
            "version 1 and a proposal of kim > version 2, killed by key lee: a test",
        ]);
    }

    [Theory, MemberData(nameof(Modes))]
    public async Task The_guard_kills_a_value_whose_orders_fail(Mode mode)
    {
        await using var of = await SwitchShop.Start(mode, "Switches:Guard:Ratio=2", "Switches:Guard:MinOrders=10");
        (await Put(of.Kim, "flow", """[{"value":"both-at-once","when":{"merchant":["shop"],"customer":["new"]}}]""")).ShouldBe(200);
        for (var i = 0; i < 12; i++)
        {
            await of.Placed($"old-{i}");
            var id = (await of.Placed($"new-{i}", """ "customer":"new", """)).Json["id"]!.GetValue<Guid>();
            if (i % 2 == 0)
                await of.Host.Drive(id, OrderStates.NeedsReview, OrderAudit.RecoveryCause, order => order.ReviewFrom = OrderStates.Trying);
        }

        var killed = await Eventually.Becomes(
            "the switch is killed", async () => (await of.Kim.Get("/switches/flow")).Json["inForce"]!, now => now["killed"]!.GetValue<bool>());
        (killed["by"]!.GetValue<string>(), killed["reason"]!.GetValue<string>())
            .ShouldBe(("the guard", "6 of 12 orders with both-at-once failed, 0 of 12 with stock-first"));
    }

    [Fact]
    public async Task The_guard_kills_only_the_version_that_it_judged()
    {
        await using var of = await SwitchShop.Start(Mode.Embedded);
        (await Put(of.Kim, "flow", """[{"value":"both-at-once"}]""")).ShouldBe(200);
        (await Put(of.Kim, "flow", """[{"value":"both-at-once","percent":5,"of":"orders"}]""")).ShouldBe(200);
        (await Judge(1)).ShouldBe(2);
        (await of.Kim.Get("/switches/flow")).Json["inForce"]!["killed"]!.GetValue<bool>().ShouldBeFalse();
        (await Judge(2)).ShouldBe(3);
        (await of.Kim.Get("/switches/flow")).Json["inForce"]!["killed"]!.GetValue<bool>().ShouldBeTrue();

        async Task<long> Judge(long version)
        {
            var number = 0L;
            await of.Host.Unit.Run(async work => number = (await of.Host.Get<SwitchChanges>().Kill(
                work, of.Host.Get<SwitchCatalogue>().Find("flow")!, new SwitchChange(SwitchChanges.Guard, "a test", "SwitchGuard"), version)).InForce);
            return number;
        }
    }
}
