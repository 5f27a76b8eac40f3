using Microsoft.EntityFrameworkCore;

namespace Reconciler.Job.Tests;

/// <summary>Many discrepancies of one kind, a large one, and accepted ones: the rest is still repaired.</summary>
public sealed class FloodTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_flood_of_one_class_is_one_case_and_stops_no_other(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Reconciliation:MaxFindingsPerClass=2");
        for (var i = 0; i < 4; i++)
            await shop.Corruptor.HoldsStock(await shop.Order("tok_declined", "Cancelled"));
        await shop.Corruptor.TakenButCancelled(await shop.Order());

        var run = await shop.Http.Reconcile();

        ((string)run["state"]!).ShouldBe("Completed", run.ToJsonString());
        (await shop.Http.Findings(run)).ShouldBe(
        [
            "captured-but-cancelled Repaired", "status-differs-order-stock OverLimit", "status-differs-order-stock OverLimit",
            "too-many-findings CaseOpened",
        ]);
        var opened = await shop.Db(db => db.Cases.SingleAsync());
        opened.Subject.ShouldBe("status-differs-order-stock");
        opened.Evidence.ShouldContain("\"notStored\":2");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_oversized_repair_is_a_case_and_stops_no_other(Mode mode)
    {
        await using var shop = await Shop.Open(mode, "Reconciliation:MaxRepairAmount=6000");
        var large = await shop.Order();
        await shop.Corruptor.Run("orders", "UPDATE orders SET total = 999999");
        await shop.Corruptor.Run("payments", "UPDATE payment_branches SET amount = 999999");
        await shop.Corruptor.TakenButCancelled(large);
        await shop.Corruptor.HoldsStock(await shop.Order("tok_declined", "Cancelled"));

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(
            ["captured-but-cancelled CaseOpened", "status-differs-order-stock Repaired"]);
        (await shop.Http.Cases()).ShouldHaveSingleItem()!["reason"]!.GetValue<string>().ShouldContain("more than one run may move");
    }

    [Fact]
    public async Task One_class_cannot_use_up_the_repair_budget()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "Reconciliation:MaxRepairs=3", "Reconciliation:MaxRepairsPerClass=2");
        for (var i = 0; i < 3; i++)
            await shop.Corruptor.TakenButCancelled(await shop.Order());
        await shop.Corruptor.HoldsStock(await shop.Order("tok_declined", "Cancelled"));

        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(
        [
            "captured-but-cancelled OverBudget", "captured-but-cancelled Repaired", "captured-but-cancelled Repaired",
            "status-differs-order-stock Repaired",
        ]);
    }

    [Fact]
    public async Task With_repairs_disabled_every_finding_is_a_case()
    {
        await using var shop = await Shop.Open(Mode.Embedded, "Reconciliation:MaxRepairs=0");
        await shop.Corruptor.HoldsStock(await shop.Order("tok_declined", "Cancelled"));
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["status-differs-order-stock CaseOpened"]);
        (await shop.Http.Cases()).Count.ShouldBe(1, "and none about a budget");
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_accepted_finding_returns_when_its_amount_changes(Mode mode)
    {
        await using var shop = await Shop.Open(mode);
        await shop.Corruptor.OtherAmount(await shop.Order());
        await shop.Http.Reconcile();
        var id = (string)(await shop.Http.Cases()).Single()!["id"]!;
        (await shop.Http.PostJson($"/cases/{id}/actions/accept", new { reason = "goodwill, by phone" })).Body["status"]!.GetValue<string>()
            .ShouldBe("Resolved");

        var run = await shop.Http.Reconcile();
        (await shop.Http.Findings(run)).ShouldBe(["amount-differs Accepted"]);
        ((int)run["counts"]!["found"]!).ShouldBe(0);
        ((string)(await shop.Http.Json($"/reconciliation/runs/{run["id"]}/report?format=json"))["verdict"]!).ShouldEndWith("1 accepted earlier.");
        var accepted = (await shop.Http.Json("/accepted-differences"))["items"]!.AsArray().Single()!;
        ((string)accepted["reason"]!, (long)accepted["amount"]!).ShouldBe(("goodwill, by phone", 100));

        await shop.Corruptor.Run("orders", "UPDATE orders SET total = total + 1");
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["amount-differs CaseOpened"], "another amount is another difference");
        await shop.Corruptor.Run("orders", "UPDATE orders SET total = total - 1");
        var again = (string)(await shop.Http.Cases()).Single()!["id"]!;
        await shop.Http.PostJson($"/cases/{again}/actions/resolve", new { reason = "put right" });
        (await shop.Http.PostJson($"/accepted-differences/{accepted["id"]}/revoke", new { reason = "it was another order" })).Body["class"]!
            .GetValue<string>().ShouldBe("amount-differs");
        (await shop.Http.Findings(await shop.Http.Reconcile())).ShouldBe(["amount-differs CaseOpened"], "it is no longer accepted");
    }
}
